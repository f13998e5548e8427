#include "payload/jndi.hpp"

#include <algorithm>

#include "payload/malware_url.hpp"

namespace nightjar {
namespace {

constexpr auto npos = std::string_view::npos;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool begins_with(std::string_view text, std::string_view word) {
  return text.size() >= word.size() && std::equal(word.begin(), word.end(), text.begin(), [](char a, char b) { return a == lower(b); });
}

}  // namespace

std::string without_disguise(std::string_view text) {
  // One pass with the beginnings of open lookups on a stack: an inner one is replaced before the outer one ends.
  std::string out;
  std::vector<std::size_t> open;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '$' && at + 1 < text.size() && text[at + 1] == '{') {
      open.push_back(out.size());
      out += "${";
      ++at;
      continue;
    }
    if (text[at] != '}' || open.empty()) {
      out += text[at];
      continue;
    }
    const std::size_t begin = open.back();
    open.pop_back();
    const std::string_view inside = std::string_view(out).substr(begin + 2);
    std::string value;
    if (begins_with(inside, "lower:") || begins_with(inside, "upper:")) {
      value = inside.substr(6);
      std::transform(value.begin(), value.end(), value.begin(), begins_with(inside, "lower:") ? lower : upper);
    } else if (const std::size_t otherwise = inside.find(":-"); otherwise != npos && !begins_with(inside, "jndi:")) {
      value = inside.substr(otherwise + 2);
    } else {
      out += '}';
      continue;
    }
    out.replace(begin, npos, value);
  }
  return out;
}

void add_jndi(std::string_view text, bool open, std::vector<Download>& found) {
  constexpr std::string_view kName = "jndi:";
  std::size_t at = 0;
  while (found.size() < kMostDownloads) {
    const auto name = std::search(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), kName.begin(), kName.end(),
                                  [](char a, char b) { return lower(a) == b; });
    if (name == text.end()) return;
    at = static_cast<std::size_t>(name - text.begin()) + kName.size();
    // Braces of lookups within the address (`${hostName}.example.com`) belong to it.
    std::size_t end = at, deep = 0;
    for (; end < text.size(); ++end) {
      const char c = text[end];
      if (c == '{') ++deep;
      if (c == '}' && deep-- == 0) break;
      if (static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '\'' || c == '<' || c == '>' || c == '`') break;
    }
    Download download;
    download.cut = open && end == text.size();
    download.written = text.substr(at, end - at);
    at = end;
    const std::size_t host = download.written.find("${");
    auto url = host == npos ? normalised_url(download.written, {}, download.cut) : std::optional<std::string>(download.written);
    if (!url || url->find("://") == npos || url->find("://") + 3 >= url->size()) continue;
    download.url = std::move(*url);
    download.tool = DownloadTool::jndi;
    download.at = static_cast<std::size_t>(name - text.begin());
    add_download(std::move(download), found);
  }
}

}  // namespace nightjar
