#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace nightjar {

/// What an SSH client says in the clear before keys are exchanged (RFC 4253, 4.2 and 7.1). Views point into its bytes.
struct SshHello {
  std::string_view banner;                                                 ///< "SSH-2.0-Go", without its line end
  bool lists = false;                                                      ///< the lists below were sent whole
  std::string_view key_exchanges, host_keys, ciphers, macs, compressions;  ///< comma-separated; of the direction client to server
};

/// Reads the front of a client's stream, cut or not. nullopt: it does not begin with a banner. Lines before the banner are not allowed to
/// clients (RFC 4253, 4.2).
std::optional<SshHello> read_ssh_hello(std::string_view client);

/// HASSH (Salesforce, 2018): MD5 in hexadecimal digits of "key exchanges;ciphers;MACs;compressions". Empty without lists.
std::string hassh(const SshHello& hello);

}  // namespace nightjar
