// The Android debug bridge without a key (AOSP, adb/protocol.txt): CNXN is answered, services are opened, shells get the answers of
// PretendedShell, and files that are pushed are taken with thanks and forgotten.
#include <algorithm>
#include <string>
#include <utility>

#include "base/byte_reader.hpp"
#include "honeypot/dialogues.hpp"
#include "honeypot/line_reader.hpp"
#include "honeypot/pretended_shell.hpp"
#include "honeypot/smb_message.hpp"

namespace nightjar {
namespace {

constexpr std::uint32_t command_of(const char (&name)[5]) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<std::uint8_t>(name[i]);
  return value;
}
constexpr std::uint32_t kConnect = command_of("CNXN"), kOpen = command_of("OPEN"), kOkay = command_of("OKAY"), kWrite = command_of("WRTE"),
                        kClose = command_of("CLSE");
constexpr std::uint32_t kVersion = 0x01000000, kMostPayload = 4'096;
constexpr std::uint32_t kLongestMessage = 1'048'576;  // what newer clients announce
constexpr std::size_t kHead = 24, kMostKept = 8'192;
constexpr int kMostStreams = 64;

/// Files being pushed: requests of four letters and a length, then so many bytes (AOSP, adb/SYNC.TXT).
class SyncStream {
 public:
  /// Appends what is answered.
  void take(std::string_view bytes, std::string& out) {
    while (!bytes.empty()) {
      if (left_ > 0) {
        const std::size_t length = std::min<std::size_t>(left_, bytes.size());
        left_ -= static_cast<std::uint32_t>(length);
        bytes.remove_prefix(length);
        continue;
      }
      head_ += bytes.front();
      bytes.remove_prefix(1);
      if (head_.size() == 8) end_head(out);
    }
  }
  bool over() const { return over_; }  ///< the client has said QUIT

 private:
  void end_head(std::string& out) {
    ByteReader reader(reinterpret_cast<const std::uint8_t*>(head_.data()), head_.size());
    const std::uint32_t request = reader.le32(), length = reader.le32();
    head_.clear();
    if (request == command_of("DONE")) return out.append("OKAY\0\0\0\0", 8), void();  // its number is a time
    if (request == command_of("STAT")) out.append("STAT").append(12, '\0');           // nothing there
    if (request == command_of("LIST")) out.append("DONE").append(16, '\0');
    if (request == command_of("RECV")) out.append("FAIL").append("\x19\0\0\0", 4).append("No such file or directory");
    over_ = over_ || request == command_of("QUIT");
    left_ = length;
  }
  std::string head_;
  std::uint32_t left_ = 0;
  bool over_ = false;
};

class AdbDialogue : public Dialogue {
 public:
  explicit AdbDialogue(const Opening& opening) : opening_(opening), lines_(PretendedShell::kLongestLine) {}

  void received(std::string_view bytes, Answer& answer) override {
    while (!bytes.empty() && !answer.closed()) {
      if (message_.size() < kHead) {
        message_ += bytes.front();
        bytes.remove_prefix(1);
        if (message_.size() == kHead) end_head(answer);
      } else {
        const std::string_view part = bytes.substr(0, left_);
        message_ += part.substr(0, kHead + kMostKept - std::min(kHead + kMostKept, message_.size()));
        left_ -= static_cast<std::uint32_t>(part.size());
        bytes.remove_prefix(part.size());
      }
      if (message_.size() >= kHead && left_ == 0 && !answer.closed()) end_message(answer);
    }
  }

 private:
  void end_head(Answer& answer) {
    ByteReader reader(reinterpret_cast<const std::uint8_t*>(message_.data()), message_.size());
    const std::uint32_t command = reader.le32();
    reader.skip(8);
    left_ = reader.le32();
    reader.skip(4);  // a sum of the bytes
    if (reader.le32() != ~command || left_ > kLongestMessage) answer.close();
  }

  void end_message(Answer& answer) {
    const std::string message = std::exchange(message_, {});
    ByteReader reader(reinterpret_cast<const std::uint8_t*>(message.data()), message.size());
    const std::uint32_t command = reader.le32(), first = reader.le32();
    const std::string_view data = std::string_view(message).substr(kHead);
    if (command == kConnect) return send(kConnect, kVersion, kMostPayload, identity(), answer);
    if (command == kOpen) return open(first, data, answer);
    if (first != client_ || client_ == 0) return;
    if (command == kWrite) return write(data, answer);
    if (command == kClose) end_stream(answer);
  }

  static void send(std::uint32_t command, std::uint32_t first, std::uint32_t second, std::string_view data, Answer& answer) {
    std::uint32_t sum = 0;
    for (const char c : data) sum += static_cast<std::uint8_t>(c);
    std::string head;
    for (const std::uint32_t value : {command, first, second, static_cast<std::uint32_t>(data.size()), sum, ~command})
      put_le(head, value, 4);
    answer.send(head);
    answer.send(data);
  }

  std::string identity() const {
    constexpr std::string_view kModels[] = {"MBOX", "X96", "MXQ", "TX3 mini", "HK1", "T95"};
    constexpr std::string_view kNames[] = {"p212", "p281", "gxl", "rk322x_box", "petrel"};
    const std::string name(opening_.persona.pick("android name", kNames));
    return "device::ro.product.name=" + name + ";ro.product.model=" + std::string(opening_.persona.pick("android model", kModels)) +
           ";ro.product.device=" + name + ";" + '\0';
  }

  /// One service at a time: a new one takes the place of the last.
  void open(std::uint32_t client, std::string_view service, Answer& answer) {
    if (++streams_ > kMostStreams) return answer.close();
    if (const std::size_t end = service.find('\0'); end != service.npos) service = service.substr(0, end);
    const bool runs = service.starts_with("shell:") || service.starts_with("exec:") || service.starts_with("shell,");
    const bool sync = service.starts_with("sync:");
    if (client == 0 || (!runs && !sync)) return send(kClose, 0, client, {}, answer);
    client_ = client;
    ours_ = static_cast<std::uint32_t>(streams_);
    sync_.reset();
    if (sync) sync_ = std::make_unique<SyncStream>();
    send(kOkay, ours_, client_, {}, answer);
    if (sync) return;
    if (!shell_) shell_ = std::make_unique<PretendedShell>(opening_.persona, true);
    const std::string_view line = service.substr(service.find(':') + 1);
    if (line.empty()) return say(shell_->prompt(), answer);
    std::string out;
    shell_->run(line, answer.unix_seconds(), out);
    say(out, answer);
    end_stream(answer);
  }

  void write(std::string_view data, Answer& answer) {
    send(kOkay, ours_, client_, {}, answer);
    std::string out;
    if (sync_) {
      sync_->take(data, out);
      say(out, answer);
      if (sync_->over()) end_stream(answer);
      return;
    }
    while (lines_.take(data)) {
      out += lines_.line() + "\n";  // as its terminal repeats it
      shell_->run(lines_.line(), answer.unix_seconds(), out);
      out += shell_->prompt();
    }
    say(out, answer);
    if (!shell_->left()) return;
    end_stream(answer);
    shell_.reset();
  }

  void end_stream(Answer& answer) {
    send(kClose, ours_, client_, {}, answer);
    client_ = 0;
  }

  void say(std::string_view text, Answer& answer) const {
    for (; !text.empty(); text.remove_prefix(std::min<std::size_t>(kMostPayload, text.size())))
      send(kWrite, ours_, client_, text.substr(0, kMostPayload), answer);
  }

  Opening opening_;
  std::string message_;
  LineReader lines_;
  std::unique_ptr<PretendedShell> shell_;
  std::unique_ptr<SyncStream> sync_;
  std::uint32_t left_ = 0, client_ = 0, ours_ = 0;
  int streams_ = 0;
};

}  // namespace

std::unique_ptr<Dialogue> make_adb(const Opening& opening) { return std::make_unique<AdbDialogue>(opening); }

}  // namespace nightjar
