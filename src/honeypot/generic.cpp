// Any port without a service of its own: listens first, then gives a short answer of what usually lives there.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "honeypot/dialogues.hpp"

namespace nightjar {
namespace {

using namespace std::string_view_literals;

struct UsualAnswer {
  std::uint16_t port;
  std::string_view answer;
};

// One short answer a port, to whatever is said. Each is what the service says to words that it does not understand.
constexpr auto kUsual = std::to_array<UsualAnswer>({
    {79, "No one logged on.\r\n"sv},
    {113, "0, 0 : ERROR : UNKNOWN-ERROR\r\n"sv},                                                    // RFC 1413
    {119, "500 command not recognized\r\n"sv},                                                      // RFC 3977
    {179, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\x15\x03\x06\x05"sv},  // BGP: connection rejected (RFC 4486)
    {502, "\0\0\0\0\0\x03\x01\xab\x01"sv},                                                          // Modbus: illegal function
    {515, "\x01"sv},                                                                                // printer: no
    {554, "RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\nWWW-Authenticate: Basic realm=\"IP Camera\"\r\n\r\n"sv},
    {873, "@RSYNCD: 30.0\n@ERROR: protocol startup error\n"sv},
    {1080, "\x05\xff"sv},  // SOCKS: no acceptable method (RFC 1928)
    {1433,
     "\x04\x01\0\x2b\0\0\x01\0\0\0\x1a\0\x06\x01\0\x20\0\x01\x02\0\x21\0\x01\x03\0\x22\0\0\x04\0\x22\0\x01\xff\x0a\x32\x06\x40\0\0\0\0"sv},
    {1723, "\0\x10\0\x01\x1a\x2b\x3c\x4d\0\x04\0\0\0\x01\0\0"sv},  // PPTP: stop reply (RFC 2637)
    {1883, "\x20\x02\0\x05"sv},                                    // MQTT: not authorized
    {2181, "This ZooKeeper instance is not currently serving requests\n"sv},
    {5432, "E\0\0\0\x2eSFATAL\0C28000\0Mno pg_hba.conf entry\0\0\0"sv},
    {6667, ":irc 451 * :You have not registered\r\n"sv},  // RFC 2812
    {8554, "RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\nWWW-Authenticate: Basic realm=\"IP Camera\"\r\n\r\n"sv},
    {9100, "@PJL INFO STATUS\r\nCODE=10001\r\nDISPLAY=\"Ready\"\r\nONLINE=TRUE\r\n\f"sv},
});
constexpr std::string_view kNotUnderstood = "ERROR\r\n";  ///< to a line of text elsewhere; other bytes get nothing
constexpr std::chrono::milliseconds kWordOver{400};
constexpr int kMostAnswers = 4;

class GenericDialogue : public Dialogue {
 public:
  explicit GenericDialogue(const Opening& opening) {
    const auto usual = std::find_if(kUsual.begin(), kUsual.end(), [&](const UsualAnswer& row) { return row.port == opening.port; });
    if (usual != kUsual.end()) usual_ = usual->answer;
  }

  void received(std::string_view bytes, Answer& answer) override {
    for (const char c : bytes) text_ = text_ && (c == '\r' || c == '\n' || c == '\t' || (c >= ' ' && c < '\x7f'));
    line_over_ = bytes.back() == '\n' || bytes.back() == '\r';
    if (answers_ < kMostAnswers) answer.call_after(kWordOver);
  }

  void silent(Answer& answer) override {
    ++answers_;
    if (!usual_.empty())
      answer.send(usual_);
    else if (text_ && line_over_)
      answer.send(kNotUnderstood);
  }

 private:
  std::string_view usual_;
  int answers_ = 0;
  bool text_ = true, line_over_ = false;
};

}  // namespace

std::unique_ptr<Dialogue> make_generic(const Opening& opening) { return std::make_unique<GenericDialogue>(opening); }

}  // namespace nightjar
