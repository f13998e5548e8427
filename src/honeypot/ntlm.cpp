#include "honeypot/ntlm.hpp"

#include <string>

#include "honeypot/smb_message.hpp"

namespace nightjar {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kSignature = "NTLMSSP\0"sv;
constexpr std::string_view kNtlm = "\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"sv;  // 1.3.6.1.4.1.311.2.2.10
constexpr std::string_view kSpnego = "\x06\x06\x2b\x06\x01\x05\x05\x02"sv;                // 1.3.6.1.5.5.2

// MS-NLMP 2.2.2.5
constexpr std::uint32_t kUnicode = 0x1, kRequestTarget = 0x4, kNtlmKey = 0x200, kTargetServer = 0x20000, kTargetInfo = 0x800000,
                        kVersion = 0x2000000;
constexpr std::uint32_t kAsTheClient =
    0x10 | 0x8000 | 0x80000 | 0x20000000 | 0x40000000 | 0x80000000;  // signing, session security, key lengths

/// A value of DER with its tag and length.
std::string der(char tag, std::string_view value) {
  std::string whole(1, tag);
  if (value.size() >= 256) {
    whole += {'\x82', static_cast<char>(value.size() >> 8)};
  } else if (value.size() >= 128) {
    whole += '\x81';
  }
  whole += static_cast<char>(value.size());
  return whole.append(value);
}

std::uint32_t le32_at(std::string_view text, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4 && at + i < text.size(); ++i) value |= std::uint32_t{static_cast<std::uint8_t>(text[at + i])} << (8 * i);
  return value;
}

std::string challenge(std::uint32_t client_flags, const Persona& persona, std::uint64_t number, std::int64_t unix_seconds) {
  const std::string name = utf16(windows_name(persona), false);
  std::string info;
  const auto pair = [&](int kind, std::string_view value) {
    put_le(info, static_cast<std::uint64_t>(kind), 2);
    put_le(info, value.size(), 2);
    info += value;
  };
  std::string time;
  put_le(time, windows_time(unix_seconds), 8);
  for (const int kind : {2, 1, 4, 3}) pair(kind, name);  // domain and computer, NetBIOS and DNS
  pair(7, time);
  pair(0, {});
  constexpr std::size_t kHead = 56;
  std::string message(kSignature);
  put_le(message, 2, 4);
  put_le(message, name.size(), 2), put_le(message, name.size(), 2), put_le(message, kHead, 4);
  put_le(message, kUnicode | kRequestTarget | kNtlmKey | kTargetServer | kTargetInfo | kVersion | (client_flags & kAsTheClient), 4);
  message += persona.bytes("ntlm challenge", 8, number);
  message.append(8, '\0');
  put_le(message, info.size(), 2), put_le(message, info.size(), 2), put_le(message, kHead + name.size(), 4);
  message += "\x06\x01\xb1\x1d\0\0\0\x0f"sv;  // Windows 7, build 7601
  return message + name + info;
}

}  // namespace

std::string windows_name(const Persona& persona) {
  std::string name = "WIN-";
  for (const char c : persona.bytes("windows name", 11)) name += "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[static_cast<std::uint8_t>(c) % 36];
  return name;
}

std::string spnego_offer() { return der('\x60', std::string(kSpnego) + der('\xa0', der('\x30', der('\xa0', der('\x30', kNtlm))))); }

std::string ntlm_answer(std::string_view token, const Persona& persona, std::uint64_t number, std::int64_t unix_seconds, bool& more) {
  const std::size_t at = token.find(kSignature);
  if (at == token.npos) return {};
  const std::uint32_t kind = le32_at(token, at + 8);
  more = kind == 1;
  if (kind == 1) {
    const std::string said = challenge(le32_at(token, at + 12), persona, number, unix_seconds);
    if (at == 0) return said;
    return der('\xa1', der('\x30', der('\xa0', "\x0a\x01\x01"sv) + der('\xa1', kNtlm) + der('\xa2', der('\x04', said))));
  }
  if (kind != 3) return {};
  return at == 0 ? std::string() : der('\xa1', der('\x30', der('\xa0', "\x0a\x01\0"sv)));
}

std::uint64_t windows_time(std::int64_t unix_seconds) { return (static_cast<std::uint64_t>(unix_seconds) + 11'644'473'600U) * 10'000'000U; }

}  // namespace nightjar
