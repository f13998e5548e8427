#include "payload/reading.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "payload/decoded_text.hpp"
#include "payload/malware_urls.hpp"
#include "payload/recogniser.hpp"
#include "payload/stored_text.hpp"
#include "payload/typed.hpp"

namespace nightjar {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::uint8_t kTcp = 6, kUdp = 17;

/// Adds a word that is not there yet; words hold no blanks.
void add_word(std::string& words, std::string_view word) {
  for (std::size_t at = words.find(word); at != std::string::npos; at = words.find(word, at + 1)) {
    const bool begins = at == 0 || words[at - 1] == ' ', ends = at + word.size() == words.size() || words[at + word.size()] == ' ';
    if (begins && ends) return;
  }
  if (!words.empty()) words += ' ';
  words += word;
}

/// What a shell or a program reads of a text, near enough to look for words: lower case, no quotes and backslashes, tabs as blanks.
std::string without_quotes(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    switch (const char c = text[at]) {
      case '\\':
        if (at + 1 < text.size() && text[at + 1] == '\n') ++at;  // the line goes on
        break;
      case '\'':
      case '"': break;
      case '\t': out += ' '; break;
      default: out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return out;
}

bool has_loading_word(std::string_view text) {
  // An address with a scheme, or a program that needs none; `$` and what follows may stand for any word, and what writes one may write any.
  constexpr std::array<std::string_view, 26> kWords = {":/",  "$",     "get",   "curl",   "ftp", "/dev/", "netcat", "ncat",  "nc ",
                                                       "nc<", "nc>",   "nc.",   "nc&",    "nc`", "lwp-",  "fetch",  "pwsh",  "powersh",
                                                       "&#",  "&quot", "&apos", "base64", "xxd", "rev",   "echo",   "printf"};
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) { return text.find(word) != npos; });
}

/// Whether a datagram can hold a command that loads something: most are noise, and an hour has thousands. Each way of loading that
/// malware_urls knows needs one of these words, once what disguises it is taken away as there: percent codes (also coded twice), JSON's
/// codes, quotes. Escapes of echo and printf are a sign of their own.
bool may_load(std::span<const std::uint8_t> payload) {
  const std::string_view bytes(reinterpret_cast<const char*>(payload.data()), payload.size());
  const bool coded = bytes.find_first_of("%+") != npos;
  const std::string text = coded ? decode_query(decode_query(bytes)) : std::string(bytes);
  if (has_loading_word(without_quotes(text))) return true;
  if (text.find('\\') == npos) return false;
  for (std::size_t at = 0; at + 1 < text.size(); ++at)
    if (text[at] == '\\' && (text[at + 1] == 'x' || (text[at + 1] >= '0' && text[at + 1] <= '7'))) return true;
  return has_loading_word(without_quotes(decode_json(text)));
}

/// `whole`: nothing was to come after the payload.
void read_payload(std::span<const std::uint8_t> payload, std::uint8_t protocol, std::uint16_t port, bool whole, Recogniser& recogniser,
                  Reading& reading) {
  const Recognition found = recogniser.recognise(payload, protocol, port);
  for (const Tag& tag : found.tags) add_word(reading.tags, tag.signature->id);
  std::vector<std::string> lines;
  for (const Injection& injection : found.injections) {
    std::string line = to_stored(injection.action) + '\t' + to_stored(injection.field) + '\t' + (injection.known ? '1' : '0');
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(std::move(line));
  }
  for (const std::string& line : lines) reading.injections += (reading.injections.empty() ? "" : "\n") + line;
  // An address that the payload ends within is only a part of one: better none than a wrong one. At the end of all words it is complete.
  if (protocol == kUdp && !may_load(payload)) return;
  std::vector<std::uint8_t> ended;
  if (whole) {
    ended.assign(payload.begin(), payload.end());
    ended.push_back('\n');
  }
  for (const Download& download : malware_urls(whole ? std::span<const std::uint8_t>(ended) : payload)) {
    const std::string url = to_stored(download.url);
    if (!download.cut && reading.urls.size() + url.size() < Reading::kMostBytes) add_word(reading.urls, url);
  }
}

/// As many whole lines as Reading keeps; of a first line that is longer nothing.
std::string first_lines(std::string lines) {
  if (lines.size() <= Reading::kMostBytes) return lines;
  const std::size_t end = lines.rfind('\n', Reading::kMostBytes);
  lines.resize(end == std::string::npos ? 0 : end);
  return lines;
}

}  // namespace

Reading read_conversation(const Conversation& conversation, Recogniser& recogniser) {
  Reading reading;
  if (conversation.client.empty()) return reading;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(conversation.client.data());
  read_payload({bytes, conversation.client.size()}, kTcp, conversation.port, conversation.ended && !conversation.cut, recogniser, reading);
  const Typed typed = read_typed(conversation);
  reading.logins = first_lines(stored_logins(typed.logins));
  reading.commands = first_lines(stored_commands(typed.commands));
  return reading;
}

Reading read_datagram(std::span<const std::uint8_t> payload, std::uint16_t port, Recogniser& recogniser) {
  Reading reading;
  read_payload(payload, kUdp, port, true, recogniser, reading);
  return reading;
}

}  // namespace nightjar
