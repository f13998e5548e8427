// SSH up to the key exchange: both banners, both lists of algorithms (RFC 4253, 4.2 and 7.1). The client's lists tell its software (HASSH,
// ssh_hello.hpp). The exchange itself is not made here: where logins are wanted, a library above this room takes the connection.
#include <array>
#include <string>

#include "honeypot/dialogues.hpp"

namespace nightjar {
namespace {

constexpr std::size_t kLongestBanner = 255, kLongestPacket = 35'000;  // RFC 4253, 4.2 and 6.1
constexpr std::uint8_t kDisconnect = 1, kKexInit = 20, kLeastKeyExchange = 30;
constexpr char kKeyExchangeFailed = 3;  // RFC 4253, 11.1

/// What a server of that banner offers; compression is none or zlib for all of them.
struct Server {
  std::string_view banner, key_exchanges, host_keys, ciphers, macs, compressions;
};
constexpr auto kServers = std::to_array<Server>({
    {"SSH-2.0-dropbear_2014.63", "diffie-hellman-group1-sha1,diffie-hellman-group14-sha1", "ssh-rsa,ssh-dss",
     "aes128-ctr,3des-ctr,aes256-ctr,aes128-cbc,3des-cbc,aes256-cbc", "hmac-sha1-96,hmac-sha1,hmac-md5", "none"},
    {"SSH-2.0-dropbear_2017.75",
     "curve25519-sha256@libssh.org,ecdh-sha2-nistp256,diffie-hellman-group14-sha256,diffie-hellman-group14-sha1",
     "ecdsa-sha2-nistp256,ssh-rsa", "aes128-ctr,aes256-ctr,aes128-cbc,aes256-cbc", "hmac-sha1,hmac-sha2-256", "zlib@openssh.com,none"},
    {"SSH-2.0-OpenSSH_6.6.1p1 Ubuntu-2ubuntu2.13",
     "curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,diffie-hellman-group-exchange-sha256,"
     "diffie-hellman-group14-sha1",
     "ssh-rsa,ssh-dss,ecdsa-sha2-nistp256,ssh-ed25519", "aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com",
     "umac-64@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1", "none,zlib@openssh.com"},
    {"SSH-2.0-OpenSSH_7.4",
     "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"
     "diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,diffie-hellman-group14-sha256",
     "ssh-rsa,rsa-sha2-512,rsa-sha2-256,ecdsa-sha2-nistp256,ssh-ed25519",
     "chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com",
     "umac-64-etm@openssh.com,umac-128-etm@openssh.com,hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,umac-64@openssh.com,"
     "hmac-sha2-256,hmac-sha2-512",
     "none,zlib@openssh.com"},
});

void put_be32(std::string& text, std::size_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift);
}

/// A packet in the clear: length, padding to a multiple of eight, at least four bytes of it (RFC 4253, 6).
std::string packet(std::string_view payload) {
  const std::size_t padding = 8 - (5 + payload.size()) % 8 + ((5 + payload.size()) % 8 > 4 ? 8 : 0);
  std::string whole;
  put_be32(whole, 1 + payload.size() + padding);
  whole += static_cast<char>(padding);
  whole += payload;
  whole.append(padding, '\0');
  return whole;
}

class SshDialogue : public Dialogue {
 public:
  explicit SshDialogue(const Opening& opening)
      : opening_(opening), server_(kServers[opening.persona.number("ssh server") % kServers.size()]) {}

  void opened(Answer& answer) override {
    answer.send(server_.banner);
    answer.send("\r\n");
  }

  void received(std::string_view bytes, Answer& answer) override {
    if (!greeted_) {
      if (!read_banner(bytes)) return;
      if (!banner_.starts_with("SSH-")) {
        answer.send("Protocol mismatch.\n");
        return answer.close();
      }
      greeted_ = true;
      answer.send(key_exchange());
    }
    for (const char c : bytes) {
      if (answer.closed()) return;
      packet_byte(static_cast<std::uint8_t>(c), answer);
    }
  }

 private:
  /// Up to the line feed; behind it comes a packet.
  bool read_banner(std::string_view& bytes) {
    const std::size_t end = bytes.find('\n');
    const std::string_view front = bytes.substr(0, end == bytes.npos ? bytes.size() : end + 1);
    banner_ += front.substr(0, kLongestBanner - banner_.size());
    bytes.remove_prefix(front.size());
    return end != std::string_view::npos;
  }

  std::string key_exchange() const {
    std::string payload(1, static_cast<char>(kKexInit));
    payload += opening_.persona.bytes("ssh cookie", 16, opening_.number);
    for (const std::string_view list : {server_.key_exchanges, server_.host_keys, server_.ciphers, server_.ciphers, server_.macs,
                                        server_.macs, server_.compressions, server_.compressions, std::string_view(), std::string_view()}) {
      put_be32(payload, list.size());
      payload += list;
    }
    payload.append(5, '\0');  // no guess follows; reserved
    return packet(payload);
  }

  /// Of the client's packets only the kind is looked at; they are kept by who records the conversation.
  void packet_byte(std::uint8_t byte, Answer& answer) {
    const std::size_t at = at_++;
    if (at < 4) {
      length_ = length_ << 8 | byte;
      if (at == 3 && (length_ < 2 || length_ > kLongestPacket)) answer.close();
    } else if (at == 5) {
      // The client begins the exchange, or has seen enough.
      if (byte >= kLeastKeyExchange) fail(answer);
      if (byte == kDisconnect) answer.close();
    }
    if (at >= 4 && at_ == std::size_t{length_} + 4) at_ = length_ = 0;
  }

  static void fail(Answer& answer) {
    std::string payload(1, static_cast<char>(kDisconnect));
    payload.append({0, 0, 0, kKeyExchangeFailed});
    put_be32(payload, 0);
    put_be32(payload, 0);
    answer.send(packet(payload));
    answer.close();
  }

  Opening opening_;
  const Server& server_;
  std::string banner_;  ///< of the client, its front
  std::size_t at_ = 0;
  std::uint32_t length_ = 0;
  bool greeted_ = false;
};

}  // namespace

std::unique_ptr<Dialogue> make_ssh(const Opening& opening) { return std::make_unique<SshDialogue>(opening); }

}  // namespace nightjar
