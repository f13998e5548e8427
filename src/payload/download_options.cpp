#include "payload/download_options.hpp"

#include <algorithm>

namespace nightjar {
namespace {

constexpr auto npos = std::string_view::npos;

bool is_among(std::string_view name, std::string_view names) {
  for (std::size_t at = 0; at < names.size();) {
    const std::size_t end = std::min(names.find(' ', at), names.size());
    if (names.substr(at, end - at) == name) return true;
    at = end + 1;
  }
  return false;
}

}  // namespace

DownloadOptions::DownloadOptions(std::span<const ShellWord> arguments, std::string_view letters, std::string_view names) {
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    const std::string_view word = arguments[at].text;
    if (word == "--") {
      while (++at < arguments.size()) operands_.push_back(&arguments[at]);
    } else if (word.starts_with("--")) {
      read_name(arguments, at, names);
    } else if (word.size() > 1 && word[0] == '-') {
      read_letters(arguments, at, letters);
    } else {
      operands_.push_back(&arguments[at]);
    }
  }
}

void DownloadOptions::read_letters(std::span<const ShellWord> arguments, std::size_t& at, std::string_view letters) {
  const ShellWord& word = arguments[at];
  for (std::size_t i = 1; i < word.text.size(); ++i) {
    const char letter = word.text[i];
    if (letters.find(letter) == npos) {
      options_.push_back({letter, {}, -1});
      continue;
    }
    int value = -1;
    if (i + 1 < word.text.size())
      value = keep({word.text.substr(i + 1), word.cut});
    else if (at + 1 < arguments.size())
      value = keep(arguments[++at]);
    options_.push_back({letter, {}, value});
    return;
  }
}

void DownloadOptions::read_name(std::span<const ShellWord> arguments, std::size_t& at, std::string_view names) {
  const ShellWord& word = arguments[at];
  const std::string_view text = word.text;
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(2, equals == npos ? npos : equals - 2);
  int value = -1;
  if (equals != npos)
    value = keep({std::string(text.substr(equals + 1)), word.cut});
  else if (is_among(name, names) && at + 1 < arguments.size())
    value = keep(arguments[++at]);
  options_.push_back({0, name, value});
}

int DownloadOptions::keep(ShellWord word) {
  values_.push_back(std::move(word));
  return static_cast<int>(values_.size()) - 1;
}

bool DownloadOptions::has(char letter) const {
  return std::any_of(options_.begin(), options_.end(), [&](const Option& option) { return option.letter == letter; });
}

const ShellWord* DownloadOptions::value(char letter) const {
  const auto found =
      std::find_if(options_.rbegin(), options_.rend(), [&](const Option& option) { return option.letter == letter && option.value >= 0; });
  return found == options_.rend() ? nullptr : &values_[static_cast<std::size_t>(found->value)];
}

const ShellWord* DownloadOptions::value(std::string_view name) const {
  const auto found = std::find_if(options_.rbegin(), options_.rend(),
                                  [&](const Option& option) { return option.letter == 0 && option.name == name && option.value >= 0; });
  return found == options_.rend() ? nullptr : &values_[static_cast<std::size_t>(found->value)];
}

}  // namespace nightjar
