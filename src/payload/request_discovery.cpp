// Searches for servers and devices that makers thought up: MC-SQLR of SQL Server, SLP (RFC 2608), and those of Dahua, Ubiquiti and Netis.
#include <cstddef>

#include "payload/request_parsers.hpp"

namespace nightjar::requests {

void read_mssql(Bytes bytes, UdpRequest& request) {
  if (bytes.empty()) return;
  switch (bytes[0]) {
    case 0x02: return mark(request, mssql_kind::broadcast);
    case 0x03: return mark(request, mssql_kind::unicast);
    case 0x04: {
      mark(request, mssql_kind::instance);
      const std::string_view name = text_of(bytes.subspan(1));
      const std::size_t end = name.find('\0');
      return request.query.add(bytes.subspan(1, end == std::string_view::npos ? name.size() : end));
    }
    case 0x0f: return mark(request, mssql_kind::admin);
    default: return;
  }
}

void read_slp(Bytes bytes, UdpRequest& request) {
  if (bytes.size() < 2 || (bytes[0] != 1 && bytes[0] != 2)) return;
  switch (bytes[1]) {
    case 1: return mark(request, slp_kind::service);
    case 3: return mark(request, slp_kind::registration);
    case 6: return mark(request, slp_kind::attributes);
    case 9: return mark(request, slp_kind::types);
    default: return;
  }
}

void read_dahua(Bytes bytes, UdpRequest& request) {
  if (begins_with(bytes, "DHIP") || is_dahua(bytes)) return mark(request, dahua_kind::dhip);
  if (!bytes.empty() && bytes[0] == 0xff) mark(request, dahua_kind::byte_ff);
}

/// The header is 32 bytes, of which the first four tell that and the next four spell DHIP.
bool is_dahua(Bytes bytes) {
  using namespace std::string_view_literals;
  return begins_with(bytes, "\x20\0\0\0DHIP"sv);
}

void read_ubiquiti(Bytes bytes, UdpRequest& request) {
  if (bytes.size() < 4 || bytes[2] != 0 || bytes[3] != 0) return;
  if (bytes[0] == 1 && bytes[1] == 0) return mark(request, ubiquiti_kind::v1);
  if (bytes[0] == 2) mark(request, ubiquiti_kind::v2);
}

void read_netis(Bytes bytes, UdpRequest& request) {
  constexpr std::size_t kPrefix = 8;
  if (is_netis(bytes)) {
    mark(request, netis_kind::command);
    const Bytes command = bytes.subspan(kPrefix);
    const std::size_t end = text_of(command).find('\0');
    return request.query.add(end == std::string_view::npos ? command : command.first(end));
  }
  if (!bytes.empty() && text_of(bytes).find_first_not_of("\r\n") == std::string_view::npos) mark(request, netis_kind::probe);
}

bool is_netis(Bytes bytes) {
  using namespace std::string_view_literals;
  return begins_with(bytes, "AA\0\0AAAA"sv);
}

}  // namespace nightjar::requests
