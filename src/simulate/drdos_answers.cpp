#include <algorithm>
#include <cstdio>
#include <string_view>

#include "base/time.hpp"
#include "simulate/drdos_bytes.hpp"
#include "simulate/payload_builder.hpp"

namespace nightjar::simulate {
namespace {

using namespace std::string_view_literals;

std::uint16_t word_at(std::span<const std::uint8_t> bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

/// RFC 864 with all 95 printing characters: lines of 72, each a character further; 512 bytes as the RFC allows.
void write_characters(PayloadBuilder& out) {
  constexpr std::size_t kSize = 512, kLine = 72, kPrinting = 95;
  for (std::size_t line = 0; out.written().size() < kSize; ++line) {
    for (std::size_t i = 0; i < kLine && out.written().size() < kSize; ++i) out.u8(static_cast<std::uint8_t>(' ' + (line + i) % kPrinting));
    for (const char end : "\r\n"sv) {
      if (out.written().size() < kSize) out.u8(static_cast<std::uint8_t>(end));
    }
  }
}

/// Records for the question's own name (a pointer to offset 12), one hour.
void begin_record(PayloadBuilder& out, std::uint16_t type, std::uint16_t size) {
  out.be16(0xc00c);
  out.be16(type);
  out.be16(1);
  out.be32(3600);
  out.be16(size);
}

/// A canned zone; addresses are those for documentation (RFC 5737). Without EDNS the answer would not fit into 512 bytes, so it says
/// "truncated" and is empty: who really asks comes again over TCP.
void write_zone(std::span<const std::uint8_t> question, PayloadBuilder& out) {
  constexpr std::uint16_t kResponse = 0x8180, kTruncated = 0x0200, kTxt = 16, kAny = 255, kInternet = 1, kOpt = 41;
  constexpr std::size_t kHeader = 12;
  if (question.size() < kHeader) return;
  std::size_t end = kHeader;
  while (end < question.size() && question[end] != 0) end += 1 + question[end];
  end += 5;
  if (end > question.size() || word_at(question, end - 2) != kInternet) return;
  const std::uint16_t type = word_at(question, end - 4);
  const bool edns = word_at(question, 10) > 0, all = type == kAny;
  if (!all && type != kTxt) return;
  constexpr std::uint16_t kTexts = 4;
  out.be16(word_at(question, 0));
  out.be16(edns ? kResponse : kResponse | kTruncated);
  out.be16(1);
  out.be16(edns ? (all ? kTexts + 4 : kTexts) : 0);
  out.be16(0);
  out.be16(edns);
  out.bytes(question.subspan(kHeader, end - kHeader));
  if (!edns) return;
  if (all) {
    for (const std::uint32_t address : {0xc0000235U, 0xc6336435U}) {
      begin_record(out, 1, 4);
      out.be32(address);
    }
    begin_record(out, 2, 6);
    out.text("\3ns1");
    out.be16(0xc00c);
    begin_record(out, 15, 9);
    out.be16(10);
    out.text("\4mail");
    out.be16(0xc00c);
  }
  constexpr std::uint8_t kText = 220;
  for (std::uint16_t record = 0; record < kTexts; ++record) {
    begin_record(out, kTxt, kText + 1);
    out.u8(kText);
    for (std::uint8_t i = 0; i < kText; ++i) out.u8(static_cast<std::uint8_t>('a' + (i + 7 * record) % 26));
  }
  out.u8(0);
  out.be16(kOpt);
  out.be16(kLargestAnswer);
  out.be32(0);
  out.be16(0);
}

/// One packet of ntpd's list of those who asked: six items of 72 bytes (ntp_request.h, struct info_monitor_1).
void write_monitor_list(std::span<const std::uint8_t> request, std::uint32_t pot, PayloadBuilder& out) {
  constexpr std::uint32_t kItems = 6, kItemSize = 72, kDocumentation = 0xc6336400;
  out.u8(0x97);
  out.u8(0);
  out.u8(request[2]);
  out.u8(request[3]);
  out.be16(kItems);
  out.be16(kItemSize);
  for (std::uint32_t item = 0; item < kItems; ++item) {
    out.be32(64 << item);
    out.be32(11 + 97 * item);
    out.be32(0);
    out.be32(5 + 31 * item);
    out.be32(kDocumentation + 9 + 40 * item);
    out.be32(pot);
    out.be32(0);
    out.be16(123);
    out.u8(3);
    out.u8(4);
    out.be32(0);
    out.be32(0);
    out.zeros(32);
  }
}

/// A server's answer to a client (RFC 5905): stratum 2, the client's transmit time as origin.
void write_time(std::span<const std::uint8_t> request, std::int64_t time_ns, PayloadBuilder& out) {
  constexpr std::uint8_t kServer = 4;
  constexpr std::int64_t kSinceLastSet = 412;
  out.u8(static_cast<std::uint8_t>((request[0] & 0x38) | kServer));
  out.u8(2);
  out.u8(request[2]);
  out.u8(0xe9);
  out.be32(0x00000312);
  out.be32(0x00000a41);
  out.be32(0xc0000201);
  out.be64(ntp_time(time_ns - kSinceLastSet * kNanosPerSecond));
  out.bytes(request.subspan(40, 8));
  out.be64(ntp_time(time_ns - 20'000));
  out.be64(ntp_time(time_ns));
}

void write_ntp(std::span<const std::uint8_t> request, std::uint32_t pot, std::int64_t time_ns, PayloadBuilder& out) {
  constexpr std::uint8_t kClient = 3, kPrivate = 7, kMonlist = 42;
  const int mode = request.empty() ? 0 : request[0] & 7;
  if (mode == kPrivate && request.size() >= 8 && request[3] == kMonlist) write_monitor_list(request, pot, out);
  if (mode == kClient && request.size() >= 48) write_time(request, time_ns, out);
}

/// One device, the root that every search target of the requests matches; its description lies on the port of the routers that were
/// attacked over it (CVE-2014-8361).
void write_device(std::uint32_t pot, PayloadBuilder& out) {
  std::array<char, 512> answer;
  const int size = std::snprintf(answer.data(), answer.size(),
                                 "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nST: upnp:rootdevice\r\nUSN: "
                                 "uuid:9d1c1a20-55c1-11e7-907b-0242647f%04x::upnp:rootdevice\r\nEXT:\r\nSERVER: Linux/2.6.30 UPnP/1.0 "
                                 "miniupnpd/1.0\r\nLOCATION: http://%u.%u.%u.%u:52869/picsdesc.xml\r\n\r\n",
                                 pot & 0xffff, pot >> 24, pot >> 16 & 255, pot >> 8 & 255, pot & 255);
  out.text({answer.data(), static_cast<std::size_t>(size)});
}

}  // namespace

std::size_t write_answer(DrdosService service, std::span<const std::uint8_t> request, std::uint32_t pot, std::int64_t time_ns,
                         DrdosPayload& payload) {
  PayloadBuilder out(payload);
  switch (service) {
    case DrdosService::chargen: write_characters(out); break;
    case DrdosService::dns: write_zone(request, out); break;
    case DrdosService::ntp: write_ntp(request, pot, time_ns, out); break;
    case DrdosService::ssdp: write_device(pot, out); break;
  }
  return out.written().size();
}

std::uint64_t ntp_time(std::int64_t time_ns) {
  constexpr std::int64_t kFrom1900To1970 = 2'208'988'800;
  const std::int64_t second = second_of(time_ns);
  const auto nanos = static_cast<std::uint64_t>(time_ns - second * kNanosPerSecond);
  return static_cast<std::uint64_t>(second + kFrom1900To1970) << 32 | (nanos << 32) / kNanosPerSecond;
}

bool may_answer_to(std::uint16_t source_port) {
  constexpr std::array<std::uint16_t, 18> kServices = {7,   17,  19,  53,   69,   111,  123,  137,  161,
                                                       389, 443, 520, 1900, 3283, 3702, 5353, 5683, 11'211};
  return source_port != 0 && std::find(kServices.begin(), kServices.end(), source_port) == kServices.end();
}

}  // namespace nightjar::simulate
