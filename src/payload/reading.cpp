#include "payload/reading.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "payload/malware_urls.hpp"
#include "payload/recogniser.hpp"
#include "payload/stored_text.hpp"
#include "payload/typed.hpp"

namespace nightjar {
namespace {

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

/// `whole`: nothing was to come after the payload.
/// Whether a datagram can hold a command that loads something: most are noise, and an hour has thousands. Each way of loading that
/// malware_urls knows needs one of these words, however it is disguised.
bool may_load(std::span<const std::uint8_t> payload) {
  std::string text(payload.begin(), payload.end());
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  constexpr std::array<std::string_view, 14> kWords = {"http", "ftp", "get",   "curl", "nc ", "cat ", "/dev/",
                                                       "$",    "\\x", "fetch", "lwp",  "://", "aria", "axel"};
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

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
