#include "machine/interfaces.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

namespace nightjar {
namespace {

std::uint64_t half_of(const std::uint8_t* bytes) {
  std::uint64_t half = 0;
  for (int i = 0; i < 8; ++i) half = half << 8 | bytes[i];
  return half;
}

std::optional<Address> address_of(const sockaddr* from) {
  if (from == nullptr) return std::nullopt;
  if (from->sa_family == AF_INET) {
    sockaddr_in address{};
    std::memcpy(&address, from, sizeof address);
    return Address{4, ntohl(address.sin_addr.s_addr), 0};
  }
  if (from->sa_family != AF_INET6) return std::nullopt;
  sockaddr_in6 address{};
  std::memcpy(&address, from, sizeof address);
  return Address{6, half_of(address.sin6_addr.s6_addr), half_of(address.sin6_addr.s6_addr + 8)};
}

std::optional<std::uint32_t> ask_card(int socket, const std::string& interface, std::uint32_t what) {
  ethtool_value value{what, 0};
  ifreq request{};
  std::strncpy(request.ifr_name, interface.c_str(), IFNAMSIZ - 1);
  request.ifr_data = reinterpret_cast<char*>(&value);
  if (ioctl(socket, SIOCETHTOOL, &request) != 0) return std::nullopt;
  return value.data;
}

/// Lines of /proc/net/tcp and its like: "0: 00000000:0016 00000000:0000 0A tx:rx tr:tm retransmits uid timeout inode ...".
void add_ports(const char* file, bool tcp, std::vector<PortTaken>& ports) {
  constexpr unsigned kListening = 0x0A, kUnconnected = 0x07;
  std::ifstream lines(file);
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string number, own, other, state, queues, timer, retransmits, user, timeout, inode;
    if (!(words >> number >> own >> other >> state >> queues >> timer >> retransmits >> user >> timeout >> inode)) continue;
    unsigned is = 0;
    PortTaken taken{tcp, 0, 0};
    const std::size_t colon = own.rfind(':');
    if (colon == std::string::npos) continue;
    std::from_chars(state.data(), state.data() + state.size(), is, 16);
    std::from_chars(own.data() + colon + 1, own.data() + own.size(), taken.port, 16);
    std::from_chars(inode.data(), inode.data() + inode.size(), taken.inode);
    if (is == (tcp ? kListening : kUnconnected)) ports.push_back(taken);
  }
}

}  // namespace

Result<std::vector<NetInterface>> network_interfaces() {
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return errno_error("cannot ask for the network interfaces", errno);
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> list(first, freeifaddrs);
  std::vector<NetInterface> interfaces;
  for (const ifaddrs* at = first; at != nullptr; at = at->ifa_next) {
    auto known = std::find_if(interfaces.begin(), interfaces.end(), [&](const NetInterface& each) { return each.name == at->ifa_name; });
    if (known == interfaces.end()) {
      const auto has = [&](unsigned flag) { return (at->ifa_flags & flag) != 0; };
      interfaces.push_back({at->ifa_name, has(IFF_UP), has(IFF_RUNNING), has(IFF_LOOPBACK), {}});
      known = interfaces.end() - 1;
    }
    if (const auto address = address_of(at->ifa_addr)) known->addresses.push_back(*address);
  }
  return interfaces;
}

const NetInterface* find_interface(const std::vector<NetInterface>& interfaces, const std::string& name) {
  const auto found = std::find_if(interfaces.begin(), interfaces.end(), [&](const NetInterface& each) { return each.name == name; });
  return found == interfaces.end() ? nullptr : &*found;
}

std::optional<PacketMerging> packet_merging(const std::string& interface) {
  const int asks = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (asks < 0) return std::nullopt;
  const auto gro = ask_card(asks, interface, ETHTOOL_GGRO), flags = ask_card(asks, interface, ETHTOOL_GFLAGS);
  close(asks);
  if (!gro && !flags) return std::nullopt;
  return PacketMerging{gro.value_or(0) != 0, (flags.value_or(0) & ETH_FLAG_LRO) != 0};
}

std::vector<PortTaken> ports_taken() {
  std::vector<PortTaken> ports;
  for (const char* file : {"/proc/net/tcp", "/proc/net/tcp6"}) add_ports(file, true, ports);
  for (const char* file : {"/proc/net/udp", "/proc/net/udp6"}) add_ports(file, false, ports);
  return ports;
}

std::string holder_of(std::uint64_t inode) {
  namespace fs = std::filesystem;
  const std::string wanted = "socket:[" + std::to_string(inode) + "]";
  std::error_code error;
  for (auto process = fs::directory_iterator("/proc", error); !error && process != fs::directory_iterator(); process.increment(error)) {
    const std::string number = process->path().filename();
    if (number.find_first_not_of("0123456789") != std::string::npos) continue;
    std::error_code hidden;
    for (auto file = fs::directory_iterator(process->path() / "fd", hidden); !hidden && file != fs::directory_iterator();
         file.increment(hidden)) {
      std::error_code gone;
      if (fs::read_symlink(file->path(), gone) != wanted) continue;
      std::string name;
      std::getline(std::ifstream(process->path() / "comm"), name);
      return name;
    }
  }
  return {};
}

}  // namespace nightjar
