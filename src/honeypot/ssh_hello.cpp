#include "honeypot/ssh_hello.hpp"

#include <openssl/evp.h>

#include <cstdint>
#include <span>

#include "base/byte_reader.hpp"

namespace nightjar {
namespace {

constexpr std::size_t kLongestBanner = 255;  // RFC 4253, 4.2
constexpr std::uint8_t kKexInit = 20;

std::string_view text(std::span<const std::uint8_t> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace

std::optional<SshHello> read_ssh_hello(std::string_view client) {
  if (!client.starts_with("SSH-")) return std::nullopt;
  SshHello hello;
  const std::size_t end = client.substr(0, kLongestBanner + 1).find('\n');
  hello.banner = client.substr(0, end == client.npos ? kLongestBanner : end);
  if (hello.banner.ends_with('\r')) hello.banner.remove_suffix(1);
  if (end == client.npos) return hello;
  const std::string_view packet = client.substr(end + 1);
  ByteReader reader(reinterpret_cast<const std::uint8_t*>(packet.data()), packet.size());
  reader.skip(5);  // lengths of the packet and of its padding
  if (reader.u8() != kKexInit) return hello;
  reader.skip(16);  // cookie
  std::string_view lists[8];
  for (std::string_view& list : lists) list = text(reader.bytes(reader.be32()));
  if (!reader.ok()) return hello;
  hello.lists = true;
  hello.key_exchanges = lists[0];
  hello.host_keys = lists[1];
  hello.ciphers = lists[2];
  hello.macs = lists[4];
  hello.compressions = lists[6];
  return hello;
}

std::string hassh(const SshHello& hello) {
  if (!hello.lists) return {};
  std::string all(hello.key_exchanges);
  for (const std::string_view list : {hello.ciphers, hello.macs, hello.compressions}) all.append(";").append(list);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_Digest(all.data(), all.size(), digest, &size, EVP_md5(), nullptr) != 1) return {};
  std::string digits;
  for (unsigned i = 0; i < size; ++i) {
    digits += "0123456789abcdef"[digest[i] >> 4];
    digits += "0123456789abcdef"[digest[i] & 15];
  }
  return digits;
}

}  // namespace nightjar
