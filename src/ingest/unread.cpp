#include "ingest/unread.hpp"

#include <cctype>

#include "base/text.hpp"
#include "capture/first_bytes.hpp"

namespace nightjar {
namespace {

constexpr std::size_t kMostNames = 3;

bool is_capture_word(const std::string& word) {
  // tcpdump -C counts on behind the name: "a.pcap12".
  return word.starts_with("pcap") || word == "cap" || word == "erf" || word == "dmp" || word == "ntar";
}

}  // namespace

bool is_named_like_capture(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  std::string word;
  for (std::size_t at = name.find('.'); at != std::string::npos && at < name.size();) {
    word.clear();
    for (++at; at < name.size() && name[at] != '.'; ++at) word += static_cast<char>(std::tolower(static_cast<unsigned char>(name[at])));
    if (is_capture_word(word)) return true;
  }
  return false;
}

Unread judge_unread(const std::filesystem::path& path) {
  const FirstBytes first = first_bytes_of(path);
  if (first == FirstBytes::none) return Unread::empty;
  if (first == FirstBytes::of_something_else && !is_named_like_capture(path)) return Unread::no_capture;
  return Unread::failure;
}

void PassedOverFiles::add(const std::filesystem::path& path) {
  ++count_;
  if (first_names_.size() < kMostNames) first_names_.push_back(path.filename().string());
}

std::string PassedOverFiles::sentence() const {
  if (count_ == 0) return {};
  std::string names;
  for (const std::string& name : first_names_) names += (names.empty() ? "" : ", ") + name;
  if (count_ > first_names_.size()) names += ", ...";
  return "passed over: " + (count_ == 1 ? "1 file that is no capture" : with_thousands(count_) + " files that are no captures") + " (" +
         names + ")";
}

}  // namespace nightjar
