// SMB 1 as Windows 7 speaks it (MS-CIFS, MS-SMB), from the negotiation to the peek of a pipe by which MS17-010 is looked for: answered as a
// machine that lacks the patch, and that has DoublePulsar already. What is sent into it is kept by who records the conversation, as it
// came.
#include <algorithm>
#include <string>
#include <utility>

#include "honeypot/dialogues.hpp"
#include "honeypot/ntlm.hpp"
#include "honeypot/smb_message.hpp"

namespace nightjar {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

constexpr std::size_t kMostKept = 2'048;                 ///< of a message, enough for all that is answered
constexpr std::uint16_t kUser = 0x0800, kTree = 0x0800;  // the first that Windows gives away
constexpr std::uint16_t kPeekNamedPipe = 0x0023, kSessionSetupTrans2 = 0x000e;
constexpr std::uint16_t kDoublePulsarDone = 0x10;     ///< added to the multiplex number; 0x41 becomes 0x51 and so on
constexpr std::uint16_t kDoublePulsarFlags = 0xc007;  // as its answers are known: 98 07 c0
constexpr int kMostMessages = 2'000;
constexpr std::uint8_t kSessionMessage = 0x00, kSessionRequest = 0x81;  // RFC 1002, 4.3.1
constexpr std::string_view kNativeOs = "Windows 7 Professional 7601 Service Pack 1", kNativeLan = "Windows 7 Professional 6.1";
constexpr std::string_view kDialect = "NT LM 0.12";
// MS-CIFS 2.2.4.52.2: large files, NT SMBs, RPC, NT status, level 2 locks, lock and read, find, DFS, information levels, large reads,
// writes
constexpr std::uint32_t kCapabilities = 0x0000f3f8, kCanUnicode = 0x4, kCanExtendedSecurity = 0x80000000;

class SmbDialogue : public Dialogue {
 public:
  explicit SmbDialogue(const Opening& opening) : opening_(opening) {}

  void received(std::string_view bytes, Answer& answer) override {
    while (!bytes.empty() && !answer.closed()) {
      if (head_.size() < 4) {
        head_ += bytes.front();
        bytes.remove_prefix(1);
        if (head_.size() < 4) continue;
        left_ = 0;  // three bytes, the highest one first
        for (int i = 1; i < 4; ++i) left_ = left_ << 8 | static_cast<std::uint8_t>(head_[static_cast<std::size_t>(i)]);
      } else {
        const std::string_view part = bytes.substr(0, left_);
        message_ += part.substr(0, kMostKept - message_.size());
        left_ -= static_cast<std::uint32_t>(part.size());
        bytes.remove_prefix(part.size());
      }
      if (left_ == 0) end_message(answer);
    }
  }

 private:
  void end_message(Answer& answer) {
    const auto kind = static_cast<std::uint8_t>(head_[0]);
    const std::string message = std::exchange(message_, {});
    head_.clear();
    if (++messages_ > kMostMessages) return answer.close();
    if (kind == kSessionRequest) return answer.send("\x82\0\0\0"sv);  // whatever name was called, it is here
    if (kind != kSessionMessage || message.empty()) return;
    const auto request = read_smb_request(message);
    if (!request) return answer.close();  // SMB 2 alone, or nothing of the kind
    reply(*request, answer);
  }

  void reply(const SmbRequest& request, Answer& answer) {
    switch (static_cast<SmbCommand>(request.command)) {
      case SmbCommand::negotiate: return negotiate(request, answer);
      case SmbCommand::session_setup: return session_setup(request, answer);
      case SmbCommand::tree_connect: return tree_connect(request, answer);
      case SmbCommand::trans:
        return plain(request, request.word(14) == kPeekNamedPipe ? SmbStatus::insufficient_server_resources : SmbStatus::access_denied,
                     answer);
      case SmbCommand::trans2: return trans2(request, answer);
      case SmbCommand::echo: return echo(request, answer);
      case SmbCommand::nt_create: return plain(request, SmbStatus::access_denied, answer);
      case SmbCommand::logoff: return answer.send(smb_reply(request, smb_header_for(request, SmbStatus::success), "\xff\0\0\0"sv, {}));
      // The rest of a long transaction is waited for: an empty answer (MS-CIFS 2.2.4.62.2). Its parts get none.
      case SmbCommand::nt_trans:
      case SmbCommand::close:
      case SmbCommand::tree_disconnect: return plain(request, SmbStatus::success, answer);
      case SmbCommand::trans_secondary:
      case SmbCommand::trans2_secondary:
      case SmbCommand::nt_trans_secondary: return;
    }
    plain(request, SmbStatus::not_implemented, answer);
  }

  static void plain(const SmbRequest& request, SmbStatus status, Answer& answer) {
    answer.send(smb_reply(request, smb_header_for(request, status), {}, {}));
  }

  void negotiate(const SmbRequest& request, Answer& answer) const {
    // Dialects, each 2, its name and a zero.
    std::string_view dialects(reinterpret_cast<const char*>(request.bytes.data()), request.bytes.size());
    std::uint16_t index = 0xffff, number = 0;
    for (; dialects.size() > 1 && dialects[0] == '\x02'; ++number) {
      const std::string_view name = dialects.substr(1, dialects.find('\0', 1) - 1);
      if (name == kDialect) index = number;
      dialects.remove_prefix(std::min(dialects.size(), name.size() + 2));
    }
    std::string words;
    put_le(words, index, 2);
    if (index == 0xffff) return answer.send(smb_reply(request, smb_header_for(request, SmbStatus::success), words, {}));
    const bool extended = (request.flags2 & kSmbExtendedSecurity) != 0;
    put_le(words, 0x03, 1);    // users with passwords, challenge and response; no signatures
    put_le(words, 50, 2);      // requests at a time
    put_le(words, 1, 2);       // connections
    put_le(words, 4'356, 4);   // longest message
    put_le(words, 65'536, 4);  // longest raw one
    put_le(words, 0, 4);
    put_le(words, kCapabilities | kCanUnicode | (extended ? kCanExtendedSecurity : 0), 4);
    put_le(words, windows_time(answer.unix_seconds()), 8);
    put_le(words, 0, 2);  // minutes from UTC
    put_le(words, extended ? 0 : 8, 1);
    std::string bytes;
    if (extended)
      bytes = opening_.persona.bytes("smb guid", 16) + spnego_offer();
    else
      bytes = opening_.persona.bytes("ntlm challenge", 8, opening_.number) + utf16("WORKGROUP", true) +
              utf16(windows_name(opening_.persona), true);
    answer.send(smb_reply(request, smb_header_for(request, SmbStatus::success), words, bytes));
  }

  /// Everybody is a guest. Twelve parameters: with a token (MS-SMB 2.2.4.6.1), thirteen: with a challenge's response.
  void session_setup(const SmbRequest& request, Answer& answer) const {
    SmbHeader header = smb_header_for(request, SmbStatus::success);
    header.user = kUser;
    const bool with_token = request.words.size() == 24;
    std::string token;
    if (with_token) {
      bool more = false;
      const std::size_t size = std::min<std::size_t>(request.word(7), request.bytes.size());
      token = ntlm_answer({reinterpret_cast<const char*>(request.bytes.data()), size}, opening_.persona, opening_.number,
                          answer.unix_seconds(), more);
      if (more) header.status = SmbStatus::more_processing_required;
    }
    std::string words = "\xff\0\0\0"s + (header.status == SmbStatus::success ? "\x01\0"s : "\0\0"s);
    if (with_token) put_le(words, token.size(), 2);
    std::string bytes = token;
    const bool wide = (request.flags2 & kSmbUnicode) != 0;
    if (wide && (32 + 1 + words.size() + 2 + bytes.size()) % 2 == 1) bytes += '\0';
    const auto text = [&](std::string_view ascii) { bytes += wide ? utf16(ascii, true) : std::string(ascii) + '\0'; };
    text(kNativeOs);
    text(kNativeLan);
    if (!with_token) text("WORKGROUP");
    answer.send(smb_reply(request, header, words, bytes));
  }

  void tree_connect(const SmbRequest& request, Answer& answer) const {
    // Path and service are text of one or two bytes a character: zeros are left out.
    std::string text;
    for (const std::uint8_t byte : request.bytes)
      if (byte != 0) text += static_cast<char>(byte >= 'a' && byte <= 'z' ? byte - 32 : byte);
    if (text.find("IPC$") == text.npos) return plain(request, SmbStatus::bad_network_name, answer);
    SmbHeader header = smb_header_for(request, SmbStatus::success);
    header.tree = kTree;
    const bool wide = (request.flags2 & kSmbUnicode) != 0;
    answer.send(smb_reply(request, header, "\xff\0\0\0\x01\0"sv, wide ? "IPC\0\0\0\0"sv : "IPC\0\0"sv));
  }

  /// DoublePulsar hides its commands in a SESSION_SETUP of trans2, which nobody else sends. Its answer: what Windows says anyway, another
  /// multiplex number, and the key and the processor in the place of the signature.
  void trans2(const SmbRequest& request, Answer& answer) const {
    if (request.word(14) != kSessionSetupTrans2) return plain(request, SmbStatus::not_implemented, answer);
    SmbHeader header = smb_header_for(request, SmbStatus::not_implemented);
    header.flags2 = kDoublePulsarFlags;
    header.multiplex = static_cast<std::uint16_t>(request.multiplex + kDoublePulsarDone);
    const std::string signature = opening_.persona.bytes("doublepulsar key", 4) + "\x01\0\0\0"s;  // 64 bits
    header.signature = signature;
    answer.send(smb_reply(request, header, {}, {}));
  }

  /// Once, however often it was asked for (MS-CIFS 2.2.4.39).
  static void echo(const SmbRequest& request, Answer& answer) {
    const std::string_view said(reinterpret_cast<const char*>(request.bytes.data()), std::min<std::size_t>(request.bytes.size(), 64));
    answer.send(smb_reply(request, smb_header_for(request, SmbStatus::success), "\x01\0"sv, said));
  }

  Opening opening_;
  std::string head_, message_;
  std::uint32_t left_ = 0;
  int messages_ = 0;
};

}  // namespace

std::unique_ptr<Dialogue> make_smb(const Opening& opening) { return std::make_unique<SmbDialogue>(opening); }

}  // namespace nightjar
