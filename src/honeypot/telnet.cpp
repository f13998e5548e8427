// Telnet of a small device: negotiation first, then a login, then a shell.
//
// Mirai's scanner waits for a negotiation before it looks for a prompt (mirai/bot/scanner.c, consume_iacs), so that comes first, with
// "DO NAWS", which it answers in a way of its own. "DO NEW-ENVIRON" lets a client show whether it sends USER=-f root (CVE-2026-24061).
#include <string>
#include <utility>

#include "honeypot/dialogues.hpp"
#include "honeypot/line_reader.hpp"
#include "honeypot/pretended_shell.hpp"
#include "payload/telnet_text.hpp"

namespace nightjar {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kNegotiation = "\xff\xfd\x1f\xff\xfd\x27\xff\xfb\x01\xff\xfb\x03"sv;  // DO NAWS, NEW-ENVIRON; WILL ECHO, SGA
constexpr std::string_view kWillEnvironment = "\xff\xfb\x27"sv, kSendEnvironment = "\xff\xfa\x27\x01\xff\xf0"sv;
constexpr std::size_t kLongestName = 128;  ///< of users and passwords
constexpr char kInterrupt = 3, kEndOfFile = 4, kBackspace = 8, kDelete = 127;
constexpr int kMostLines = 1'000;  ///< a dropper in hexadecimal has some hundreds

class TelnetDialogue : public Dialogue {
 public:
  explicit TelnetDialogue(const Opening& opening) : opening_(opening) {}

  void opened(Answer& answer) override {
    answer.send(kNegotiation);
    ask_user(answer);
  }

  void received(std::string_view bytes, Answer& answer) override {
    // A byte at a time, so that no cut makes a difference to what is echoed when.
    for (std::size_t i = 0; i < bytes.size() && !answer.closed(); ++i) {
      negotiate(bytes[i], answer);
      std::string text;
      client_.read(bytes.substr(i, 1), text);
      if (!client_.environment_user().empty() && state_ != State::shell && !environment_seen_) use_environment(answer);
      if (!text.empty()) character(text[0], answer);
    }
  }

 private:
  enum class State : std::uint8_t { user, password, shell };

  void negotiate(char byte, Answer& answer) {
    will_seen_ = byte == kWillEnvironment[will_seen_] ? static_cast<std::uint8_t>(will_seen_ + 1) : byte == kWillEnvironment[0];
    if (will_seen_ < kWillEnvironment.size()) return;
    will_seen_ = 0;
    if (!environment_asked_) answer.send(kSendEnvironment);
    environment_asked_ = true;
  }

  /// An option of login(1) in the place of the user's name: let in without a password, as GNU inetutils' telnetd does.
  void use_environment(Answer& answer) {
    environment_seen_ = true;
    if (client_.environment_user().starts_with("-f")) enter(answer);
  }

  void ask_user(Answer& answer) {
    constexpr std::string_view kPrompts[] = {"login: ", "(none) login: ", "localhost login: ", "dvr login: ", "Login: ", "Username: "};
    state_ = State::user;
    answer.send("\r\n");
    answer.send(opening_.persona.pick("login prompt", kPrompts));
  }

  void character(char c, Answer& answer) {
    const bool second = after_cr_ && (c == '\n' || c == '\0');
    after_cr_ = c == '\r';
    if (second || c == '\0') return;
    if (c == '\n' || c == '\r') {
      answer.send("\r\n");
      const std::string line = std::exchange(line_, {});
      if (++lines_ > kMostLines) return answer.close();
      return end_line(line, answer);
    }
    if (c == kInterrupt || c == kEndOfFile) return control(c, answer);
    if (c == kBackspace || c == kDelete) {
      if (!line_.empty()) line_.pop_back(), answer.send(state_ == State::password ? ""sv : "\b \b"sv);
      return;
    }
    const std::size_t longest = state_ == State::shell ? PretendedShell::kLongestLine : kLongestName;
    if (line_.size() >= longest) return;
    line_ += c;
    if (state_ == State::password) return;
    answer.send(c);
    if (c == '\xff') answer.send(c);  // RFC 854: twice
  }

  void control(char c, Answer& answer) {
    if (c == kEndOfFile && line_.empty()) return answer.close();
    if (c != kInterrupt) return;
    line_.clear();
    answer.send("^C\r\n");
    if (state_ == State::shell) answer.send(shell_->prompt());
  }

  void end_line(const std::string& line, Answer& answer) {
    switch (state_) {
      case State::user:
        if (line.empty()) return ask_user(answer);
        user_ = line;
        state_ = State::password;
        return answer.send("Password: ");
      case State::password:
        if (opening_.login.lets_in(opening_.persona, user_, line)) return enter(answer);
        answer.send("\r\nLogin incorrect\r\n");
        if (++attempts_ >= opening_.login.most_attempts) return answer.close();
        return ask_user(answer);
      case State::shell: return command(line, answer);
    }
  }

  void enter(Answer& answer) {
    state_ = State::shell;
    line_.clear();
    shell_ = std::make_unique<PretendedShell>(opening_.persona, false);
    show(shell_->greeting(), answer);
    answer.send(shell_->prompt());
  }

  void command(const std::string& line, Answer& answer) {
    std::string out;
    shell_->run(line, answer.unix_seconds(), out);
    show(out, answer);
    if (shell_->left()) return answer.close();
    answer.send(shell_->prompt());
  }

  /// As a terminal's driver and telnet send it: line feeds behind a return, 255 twice.
  static void show(std::string_view text, Answer& answer) {
    std::string shown;
    shown.reserve(text.size() + text.size() / 16);
    for (const char c : text) {
      if (c == '\n' || c == '\xff') shown += c == '\n' ? '\r' : c;
      shown += c;
    }
    answer.send(shown);
  }

  Opening opening_;
  TelnetText client_;
  std::string line_, user_;
  std::unique_ptr<PretendedShell> shell_;
  int lines_ = 0;
  State state_ = State::user;
  std::uint8_t will_seen_ = 0, attempts_ = 0;
  bool environment_asked_ = false, environment_seen_ = false, after_cr_ = false;
};

}  // namespace

std::unique_ptr<Dialogue> make_telnet(const Opening& opening) { return std::make_unique<TelnetDialogue>(opening); }

}  // namespace nightjar
