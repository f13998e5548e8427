#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace nightjar {

/// Commands of SMB 1 that are answered (MS-CIFS 2.2.2.1).
enum class SmbCommand : std::uint8_t {
  close = 0x04,
  trans = 0x25,
  trans_secondary = 0x26,
  echo = 0x2b,
  trans2 = 0x32,
  trans2_secondary = 0x33,
  tree_disconnect = 0x71,
  negotiate = 0x72,
  session_setup = 0x73,
  logoff = 0x74,
  tree_connect = 0x75,
  nt_trans = 0xa0,
  nt_trans_secondary = 0xa1,
  nt_create = 0xa2
};

/// NTSTATUS (MS-ERREF 2.3).
enum class SmbStatus : std::uint32_t {
  success = 0,
  more_processing_required = 0xc0000016,
  not_implemented = 0xc0000002,
  access_denied = 0xc0000022,
  bad_network_name = 0xc00000cc,
  insufficient_server_resources = 0xc0000205
};

inline constexpr std::uint16_t kSmbUnicode = 0x8000, kSmbExtendedSecurity = 0x0800;  ///< of flags2

/// A request as it stands behind the four bytes of NetBIOS. Views point into it.
struct SmbRequest {
  std::uint8_t command = 0;
  std::uint16_t flags2 = 0, tree = 0, process = 0, user = 0, multiplex = 0;
  std::span<const std::uint8_t> words;  ///< parameters, two bytes each
  std::span<const std::uint8_t> bytes;  ///< data, as far as it was kept

  std::uint16_t word(std::size_t i) const {
    return 2 * i + 1 < words.size() ? static_cast<std::uint16_t>(words[2 * i] | words[2 * i + 1] << 8) : 0;
  }
};
/// nullopt: no message of SMB 1, or its header or parameters are cut.
std::optional<SmbRequest> read_smb_request(std::string_view message);

/// Appends numbers, the lowest byte first.
void put_le(std::string& text, std::uint64_t value, int bytes);
/// ASCII as UTF-16LE, with a zero behind it if told so.
std::string utf16(std::string_view ascii, bool terminated);

/// What of a reply's header is not the request's.
struct SmbHeader {
  SmbStatus status = SmbStatus::success;
  std::uint16_t tree = 0, user = 0, multiplex = 0, flags2 = 0;
  std::string_view signature{};  ///< eight bytes; empty: zeros
};
SmbHeader smb_header_for(const SmbRequest& request, SmbStatus status);
/// A reply with the four bytes of NetBIOS before it. `words`: an even number of bytes.
std::string smb_reply(const SmbRequest& request, const SmbHeader& header, std::string_view words, std::string_view bytes);

}  // namespace nightjar
