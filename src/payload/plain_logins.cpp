// Logins of protocols that say what they are: no prompts to be guessed.
#include "payload/plain_logins.hpp"

#include <algorithm>
#include <charconv>

#include "payload/shell_output.hpp"

namespace nightjar {
namespace {

constexpr auto npos = std::string_view::npos;

bool begins_with(std::string_view text, std::string_view word) {
  return text.size() >= word.size() && std::equal(word.begin(), word.end(), text.begin(), [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == (b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b);
         });
}

/// Calls `line` with each line that is ended, without its end; at most one that is not.
template <class Line>
void each_line(std::string_view text, Line line) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view one = text.substr(0, end);
    if (one.ends_with('\r')) one.remove_suffix(1);
    line(one);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
}

/// All that one side said.
std::string all_of(const std::vector<Speech>& speeches, bool client) {
  std::string text;
  for (const Speech& speech : speeches)
    if (speech.client == client) text += speech.text;
  return text;
}

/// Whether each reply of FTP or POP3 is a good one; the greeting is left out.
std::vector<bool> replies_of(std::string_view server) {
  std::vector<bool> good;
  bool greeting = false;
  each_line(server, [&](std::string_view line) {
    const bool pop3 = line.starts_with("+OK") || line.starts_with("-ERR");
    const bool ftp = line.size() >= 3 && line[0] >= '1' && line[0] <= '5' && line.substr(1, 2).find_first_not_of("0123456789") == npos &&
                     (line.size() == 3 || line[3] == ' ');  // "230-" goes on
    if (!pop3 && !ftp) return;
    if (good.empty() && !greeting && (line.starts_with("220") || line.starts_with("+OK") || line.starts_with("120")))
      greeting = true;
    else
      good.push_back(pop3 ? line[0] == '+' : line[0] == '2' || line[0] == '3');
  });
  return good;
}

/// The words of Redis' arrays (`*2 CRLF $4 CRLF AUTH CRLF ...`) and lines, a command each.
std::vector<std::vector<std::string>> redis_commands(std::string_view text) {
  std::vector<std::vector<std::string>> commands;
  const auto take_line = [&] {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  };
  const auto number = [](std::string_view line) {
    std::size_t value = 0;
    std::from_chars(line.data(), line.data() + line.size(), value);
    return value;
  };
  constexpr std::size_t kMostCommands = 1'024, kMostWords = 64;
  while (!text.empty() && commands.size() < kMostCommands) {
    std::string_view line = take_line();
    std::vector<std::string> words;
    if (line.starts_with('*')) {
      for (std::size_t left = std::min(number(line.substr(1)), kMostWords); left > 0 && text.starts_with('$'); --left) {
        const std::size_t size = number(take_line().substr(1));
        words.emplace_back(text.substr(0, size));
        text.remove_prefix(std::min(size, text.size()));
        take_line();
      }
    } else {
      while (!line.empty() && words.size() < kMostWords) {
        const std::size_t end = std::min(line.find(' '), line.size());
        if (end > 0) words.emplace_back(line.substr(0, end));
        line.remove_prefix(std::min(end + 1, line.size()));
      }
    }
    if (!words.empty()) commands.push_back(std::move(words));
  }
  return commands;
}

/// Status codes of the answers in a server's text, in their order.
std::vector<int> statuses_of(std::string_view server) {
  std::vector<int> statuses;
  each_line(server, [&](std::string_view line) {
    if (!line.starts_with("HTTP/") && !line.starts_with("RTSP/")) return;
    const std::size_t blank = line.find(' ');
    int status = 0;
    if (blank != npos) std::from_chars(line.data() + blank + 1, line.data() + line.size(), status);
    statuses.push_back(status);
  });
  return statuses;
}

}  // namespace

std::vector<LoginAttempt> ftp_logins(const std::vector<Speech>& speeches) {
  const std::vector<bool> good = replies_of(all_of(speeches, false));
  std::vector<LoginAttempt> logins;
  std::string user;
  bool known = false;
  std::size_t commands = 0;
  each_line(all_of(speeches, true), [&](std::string_view line) {
    const std::size_t reply = commands++;
    if (!is_printable(line)) return;
    if (begins_with(line, "USER ")) {
      user = line.substr(5);
      known = true;
    } else if (known && (begins_with(line, "PASS ") || (line.size() == 4 && begins_with(line, "PASS"))) && logins.size() < kMostLogins) {
      logins.push_back({user, std::string(line.substr(std::min<std::size_t>(5, line.size()))), reply < good.size() && good[reply]});
    }
  });
  return logins;
}

std::vector<LoginAttempt> redis_logins(const std::vector<Speech>& speeches) {
  std::vector<LoginAttempt> logins;
  for (std::size_t i = 0; i < speeches.size(); ++i) {
    if (!speeches[i].client) continue;
    std::vector<std::string_view> replies;
    if (i + 1 < speeches.size()) each_line(speeches[i + 1].text, [&](std::string_view line) { replies.push_back(line); });
    std::size_t at = 0;
    for (const auto& words : redis_commands(speeches[i].text)) {
      const std::string_view reply = at < replies.size() ? replies[at] : std::string_view{};
      ++at;
      const bool printable = std::all_of(words.begin(), words.end(), is_printable);
      if (!begins_with(words[0], "AUTH") || words[0].size() != 4 || words.size() < 2 || words.size() > 3 || !printable) continue;
      if (logins.size() < kMostLogins) logins.push_back({words.size() == 3 ? words[1] : "", words.back(), reply.starts_with("+OK")});
    }
  }
  return logins;
}

std::vector<LoginAttempt> basic_logins(const std::vector<Speech>& speeches) {
  std::vector<LoginAttempt> logins;
  for (std::size_t i = 0; i < speeches.size(); ++i) {
    if (!speeches[i].client) continue;
    const std::vector<int> statuses = i + 1 < speeches.size() ? statuses_of(speeches[i + 1].text) : std::vector<int>{};
    std::size_t requests = 0;
    each_line(speeches[i].text, [&](std::string_view line) {
      constexpr std::string_view kBasic = "Authorization: Basic ";
      if (line.find(" HTTP/1.") != npos || line.find(" RTSP/1.") != npos) ++requests;
      if (!begins_with(line, kBasic) || logins.size() == kMostLogins) return;
      const std::string pair = decode_base64(line.substr(kBasic.size()));
      const std::size_t colon = pair.find(':');
      if (colon == npos || !is_printable(pair)) return;
      const std::size_t at = std::max<std::size_t>(requests, 1) - 1;
      const int status = at < statuses.size() ? statuses[at] : 0;
      logins.push_back({pair.substr(0, colon), pair.substr(colon + 1), status >= 200 && status < 400});
    });
  }
  return logins;
}

}  // namespace nightjar
