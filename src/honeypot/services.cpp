#include "honeypot/services.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "honeypot/dialogues.hpp"

namespace nightjar {
namespace {

// Ports: where each is found in the field. HTTP's are those of routers, cameras and their services (SOAP of Realtek 52869 and of Huawei
// 37215, TR-064 on 7547), and of what is administered in a browser.
constexpr std::uint16_t kTelnet[] = {23, 2323, 3323, 4323, 9527, 23023, 26, 2002};
constexpr std::uint16_t kSsh[] = {22, 222, 2222, 22222};
constexpr std::uint16_t kHttp[] = {80,   81,   82,   83,   84,   85,   88,   99,    1024,  2375,  5000,  5431,  5558, 5984,
                                   7001, 7547, 8000, 8001, 8008, 8080, 8081, 8083,  8088,  8090,  8161,  8180,  8181, 8291,
                                   8443, 8545, 8888, 9000, 9080, 9090, 9200, 10000, 37215, 49152, 50000, 52869, 60001};
constexpr std::uint16_t kSmb[] = {139, 445};
constexpr std::uint16_t kAdb[] = {5555};
constexpr std::uint16_t kRedis[] = {6379, 6380};
constexpr std::uint16_t kMemcached[] = {11211};
constexpr std::uint16_t kFtp[] = {21, 2121};
constexpr std::uint16_t kSmtp[] = {25, 587, 2525};
constexpr std::uint16_t kPop3[] = {110};
constexpr std::uint16_t kImap[] = {143};
constexpr std::uint16_t kMysql[] = {3306};
constexpr std::uint16_t kVnc[] = {5900, 5901, 5902};
constexpr std::uint16_t kRdp[] = {3388, 3389, 3390};
constexpr std::uint16_t kTls[] = {443, 465, 636, 853, 993, 995};

constexpr auto kServices = std::to_array<Service>({
    {"telnet", kTelnet, Spoken::telnet, make_telnet, true},
    {"ssh", kSsh, Spoken::ssh, make_ssh, true},
    {"http", kHttp, Spoken::http, make_http, false},
    {"smb", kSmb, Spoken::smb, make_smb, false},
    {"adb", kAdb, Spoken::adb, make_adb, false},
    {"redis", kRedis, Spoken::redis, make_redis, false},
    {"memcached", kMemcached, Spoken::other, make_memcached, false},
    {"ftp", kFtp, Spoken::other, make_ftp, true},
    {"smtp", kSmtp, Spoken::other, make_smtp, true},
    {"pop3", kPop3, Spoken::other, make_pop3, true},
    {"imap", kImap, Spoken::other, make_imap, true},
    {"mysql", kMysql, Spoken::other, make_mysql, true},
    {"vnc", kVnc, Spoken::other, make_vnc, true},
    {"rdp", kRdp, Spoken::rdp, make_rdp, false},
    {"tls", kTls, Spoken::tls, make_tls, false},
    {"generic", {}, Spoken::other, make_generic, false},
});

}  // namespace

std::span<const Service> honeypot_services() { return kServices; }

const Service& service_of(std::uint16_t port) {
  // Fifteen short lists are read once a conversation: less than its first system call.
  for (const Service& service : kServices)
    if (std::find(service.ports.begin(), service.ports.end(), port) != service.ports.end()) return service;
  return kServices.back();
}

const Service& service_of(Spoken spoken) {
  for (const Service& service : kServices)
    if (spoken != Spoken::other && service.spoken == spoken) return service;
  return kServices.back();
}

}  // namespace nightjar
