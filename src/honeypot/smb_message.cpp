#include "honeypot/smb_message.hpp"

#include <algorithm>
#include <cassert>

#include "base/byte_reader.hpp"

namespace nightjar {
namespace {

constexpr std::uint16_t kLongNames = 0x0001, kExtendedAttributes = 0x0002, kSignatures = 0x0004, kNtStatus = 0x4000;
constexpr char kReply = '\x98';  // a reply, path names as they are, any case

}  // namespace

std::optional<SmbRequest> read_smb_request(std::string_view message) {
  if (!message.starts_with("\xffSMB")) return std::nullopt;
  ByteReader reader(reinterpret_cast<const std::uint8_t*>(message.data()), message.size());
  reader.skip(4);
  SmbRequest request;
  request.command = reader.u8();
  reader.skip(5);  // status, flags
  request.flags2 = reader.le16();
  reader.skip(12);  // upper half of the process, signature, reserved
  request.tree = reader.le16();
  request.process = reader.le16();
  request.user = reader.le16();
  request.multiplex = reader.le16();
  request.words = reader.bytes(std::size_t{reader.u8()} * 2);
  if (!reader.ok()) return std::nullopt;
  const std::size_t count = reader.le16();
  request.bytes = reader.bytes(std::min(count, reader.remaining()));
  return request;
}

void put_le(std::string& text, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i, value >>= 8) text += static_cast<char>(value);
}

std::string utf16(std::string_view ascii, bool terminated) {
  std::string wide;
  for (const char c : ascii) put_le(wide, static_cast<std::uint8_t>(c), 2);
  if (terminated) wide.append(2, '\0');
  return wide;
}

SmbHeader smb_header_for(const SmbRequest& request, SmbStatus status) {
  SmbHeader header;
  header.status = status;
  header.tree = request.tree;
  header.user = request.user;
  header.multiplex = request.multiplex;
  header.flags2 = static_cast<std::uint16_t>((request.flags2 & (kSmbUnicode | kSmbExtendedSecurity)) | kNtStatus | kSignatures |
                                             kExtendedAttributes | kLongNames);
  return header;
}

std::string smb_reply(const SmbRequest& request, const SmbHeader& header, std::string_view words, std::string_view bytes) {
  assert(words.size() % 2 == 0 && words.size() < 512 && bytes.size() < 0x10000);
  std::string message("\xffSMB");
  message += static_cast<char>(request.command);
  put_le(message, static_cast<std::uint32_t>(header.status), 4);
  message += kReply;
  put_le(message, header.flags2, 2);
  put_le(message, 0, 2);
  message.append(header.signature.empty() ? std::string_view("\0\0\0\0\0\0\0\0", 8) : header.signature);
  put_le(message, 0, 2);
  put_le(message, header.tree, 2);
  put_le(message, request.process, 2);
  put_le(message, header.user, 2);
  put_le(message, header.multiplex, 2);
  message += static_cast<char>(words.size() / 2);
  message += words;
  put_le(message, bytes.size(), 2);
  message += bytes;
  std::string whole(1, '\0');
  for (int shift = 16; shift >= 0; shift -= 8) whole += static_cast<char>(message.size() >> shift);
  return whole + message;
}

}  // namespace nightjar
