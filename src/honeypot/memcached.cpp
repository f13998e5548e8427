// memcached over TCP: what is set is said to be stored and forgotten, so nothing can be planted here for others to be sent
// (doc/protocol.txt of memcached; rule: no reply that changes state).
#include <string>

#include "honeypot/dialogues.hpp"
#include "honeypot/line_reader.hpp"

namespace nightjar {
namespace {

constexpr std::size_t kLongestLine = 2'048, kLongestValue = 1'048'576;
constexpr int kMostLines = 200;

class MemcachedDialogue : public Dialogue {
 public:
  explicit MemcachedDialogue(const Opening& opening) : opening_(opening), lines_(kLongestLine) {}

  void received(std::string_view bytes, Answer& answer) override {
    while (!bytes.empty() && !answer.closed()) {
      if (value_left_ > 0) {
        const std::size_t length = std::min(value_left_, bytes.size());
        value_left_ -= length;
        bytes.remove_prefix(length);
        if (value_left_ == 0 && !quiet_) answer.send("STORED\r\n");
      } else if (lines_.take(bytes) && !lines_.line().empty()) {
        if (++said_ > kMostLines) return answer.close();
        command(lines_.line(), answer);
      }
    }
  }

 private:
  void command(std::string_view line, Answer& answer) {
    const std::string_view name = line.substr(0, line.find(' '));
    if (name == "set" || name == "add" || name == "replace" || name == "append" || name == "prepend") return store(line, answer);
    if (name == "get" || name == "gets") return answer.send("END\r\n");
    if (name == "version") return answer.send("VERSION " + std::string(version()) + "\r\n");
    if (name == "stats") return answer.send(line == "stats" ? stats(answer.unix_seconds()) : "END\r\n");
    if (name == "flush_all" || name == "verbosity") return answer.send("OK\r\n");
    if (name == "delete" || name == "incr" || name == "decr" || name == "touch") return answer.send("NOT_FOUND\r\n");
    if (name == "quit") return answer.close();
    answer.send("ERROR\r\n");
  }

  /// set KEY FLAGS SECONDS BYTES [noreply]: the value follows, and a line's end.
  void store(std::string_view line, Answer& answer) {
    std::size_t number = 0, value = 0;
    bool digits = false;
    for (std::string_view rest = line; !rest.empty(); ++number) {
      const std::string_view word = rest.substr(0, rest.find(' '));
      rest.remove_prefix(std::min(rest.size(), word.size() + 1));
      if (number != 4) continue;
      digits = !word.empty() && word.size() < 8 && word.find_first_not_of("0123456789") == word.npos;
      for (const char c : digits ? word : std::string_view()) value = value * 10 + static_cast<std::size_t>(c - '0');
    }
    if (!digits) return answer.send("ERROR\r\n");
    if (value > kLongestValue) return answer.send("SERVER_ERROR object too large for cache\r\n");
    quiet_ = line.ends_with(" noreply");
    value_left_ = value + 2;
  }

  std::string_view version() const {
    constexpr std::string_view kVersions[] = {"1.4.15", "1.4.25", "1.4.31", "1.5.6", "1.5.22"};
    return opening_.persona.pick("memcached version", kVersions);
  }

  std::string stats(std::int64_t unix_seconds) const {
    const Persona& persona = opening_.persona;
    const auto stat = [](std::string_view name, std::string_view value) {
      return "STAT " + std::string(name) + " " + std::string(value) + "\r\n";
    };
    const std::int64_t up = (unix_seconds + static_cast<std::int64_t>(persona.number("memcached start") % 9'000'000)) % 9'000'000 + 60;
    return stat("pid", std::to_string(600 + persona.number("memcached process") % 9'000)) + stat("uptime", std::to_string(up)) +
           stat("time", std::to_string(unix_seconds)) + stat("version", version()) + stat("pointer_size", "64") +
           stat("curr_connections", "2") + stat("total_connections", std::to_string(10 + up / 900)) + stat("curr_items", "0") +
           stat("limit_maxbytes", "67108864") + "END\r\n";
  }

  Opening opening_;
  LineReader lines_;
  std::size_t value_left_ = 0;
  int said_ = 0;
  bool quiet_ = false;
};

}  // namespace

std::unique_ptr<Dialogue> make_memcached(const Opening& opening) { return std::make_unique<MemcachedDialogue>(opening); }

}  // namespace nightjar
