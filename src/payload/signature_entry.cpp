#include "payload/signature_entry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/text.hpp"
#include "base/time.hpp"

namespace nightjar {
namespace {

constexpr std::size_t kLongestId = 64, kLongestText = 500;
constexpr std::string_view kSignatureKeys[] = {"id",       "name", "cve",    "vendor", "product", "ports",
                                               "protocol", "kind", "family", "source", "date",    "when"};
constexpr std::string_view kProtocols[] = {"tcp", "udp"};

std::string in_quotes(std::string_view text) { return "\"" + escape_for_terminal(text) + "\""; }

bool is_id(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && text.size() <= kLongestId && std::all_of(text.begin(), text.end(), is_letter) && text.front() != '-' &&
         text.back() != '-';
}

bool is_cve(std::string_view text) {
  const auto are_digits = [](std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  return text.size() >= 13 && text.size() <= 20 && text.starts_with("CVE-") && are_digits(text.substr(4, 4)) && text[8] == '-' &&
         are_digits(text.substr(9));
}

class EntryReader {
 public:
  EntryReader(const TomlNode& entry, const std::string& file) : entry_(entry), mistakes_(file) {
    made_.file = file;
    made_.line = entry.line;
  }

  Result<Signature> read() {
    if (auto done = mistakes_.check_keys(entry_, "[[signature]]", kSignatureKeys); !done) return done.error();
    for (const auto& step : {&EntryReader::read_id, &EntryReader::read_texts, &EntryReader::read_cve, &EntryReader::read_ports,
                             &EntryReader::read_choices, &EntryReader::read_date, &EntryReader::read_cases}) {
      if (auto done = (this->*step)(); !done) return done.error();
    }
    return std::move(made_);
  }

 private:
  Result<const TomlNode*> needed(std::string_view key, std::string_view example) const {
    if (const TomlNode* node = entry_.find(key)) return node;
    return mistakes_.at(entry_.line, fmt::format("[[signature]]{} needs {}: {}", made_.id.empty() ? "" : " " + made_.id, key, example));
  }

  Result<void> read_id() {
    const auto node = needed("id", "id = \"vendor-product\"");
    if (!node) return node.error();
    auto text = mistakes_.text(**node, "id");
    if (!text) return text.error();
    if (!is_id(*text))
      return mistakes_.at((*node)->line, fmt::format("the id {} must be small letters, digits and hyphens between them, at most {}",
                                                     in_quotes(*text), kLongestId));
    made_.id = std::move(*text);
    return {};
  }

  Result<void> read_texts() {
    struct Text {
      std::string_view key;
      std::string* to;
      std::string_view example;  ///< of those that must be there
    };
    for (const Text& one :
         {Text{"name", &made_.name, "name = \"what it is, for people\""}, Text{"vendor", &made_.vendor, {}},
          Text{"product", &made_.product, {}}, Text{"source", &made_.source, "source = \"where the bytes are known from\""}}) {
      const TomlNode* node = entry_.find(one.key);
      if (node == nullptr && one.example.empty()) continue;
      const auto there = needed(one.key, one.example);
      if (!there) return there.error();
      auto text = mistakes_.text(**there, one.key);
      if (!text) return text.error();
      if (text->empty() || text->size() > kLongestText)
        return mistakes_.at((*there)->line, fmt::format("{} has from 1 to {} bytes", one.key, kLongestText));
      *one.to = std::move(*text);
    }
    return {};
  }

  Result<void> read_cve() {
    const TomlNode* node = entry_.find("cve");
    if (node == nullptr) return {};
    const auto list = mistakes_.list(*node, "cve");
    if (!list) return list.error();
    for (const TomlNode& item : (*list)->items) {
      auto text = mistakes_.text(item, "each of cve");
      if (!text) return text.error();
      if (!is_cve(*text)) return mistakes_.at(item.line, in_quotes(*text) + " is no CVE; one is written \"CVE-2014-8361\"");
      made_.cve.push_back(std::move(*text));
    }
    return {};
  }

  Result<void> read_ports() {
    const TomlNode* node = entry_.find("ports");
    if (node == nullptr) return {};
    const auto list = mistakes_.list(*node, "ports");
    if (!list) return list.error();
    for (const TomlNode& item : (*list)->items) {
      if (item.kind != TomlNode::Kind::number || !(item.number >= 0 && item.number <= 65'535) || std::floor(item.number) != item.number)
        return mistakes_.at(item.line, "a port is a whole number from 0 to 65535");
      made_.ports.push_back(static_cast<std::uint16_t>(item.number));
    }
    return {};
  }

  Result<void> read_choices() {
    if (const TomlNode* node = entry_.find("protocol")) {
      const auto choice = mistakes_.choice(*node, "protocol", kProtocols);
      if (!choice) return choice.error();
      made_.protocol = *choice == 0 ? 6 : 17;
    }
    if (const TomlNode* node = entry_.find("kind")) {
      const auto choice = mistakes_.choice(*node, "kind", kSignatureKindNames);
      if (!choice) return choice.error();
      made_.kind = static_cast<SignatureKind>(*choice);
    }
    if (const TomlNode* node = entry_.find("family")) {
      const auto truth = mistakes_.truth(*node, "family");
      if (!truth) return truth.error();
      made_.family = *truth;
    }
    return {};
  }

  Result<void> read_date() {
    const auto node = needed("date", "date = 2017-10-31");
    if (!node) return node.error();
    const bool is_day = (*node)->kind == TomlNode::Kind::time || (*node)->kind == TomlNode::Kind::text;
    const auto day = is_day ? parse_day((*node)->text) : Result<std::int64_t>(Error{"it is none"});
    if (!day) return mistakes_.at((*node)->line, "date must be a day like 2017-10-31");
    made_.day = *day;
    return {};
  }

  Result<void> read_cases() {
    const auto node = needed("when", "[[signature.when]] with what must be there, e.g. all = [\"text\"]");
    if (!node) return node.error();
    const auto list = mistakes_.list(**node, "when");
    if (!list) return list.error();
    for (const TomlNode& item : (*list)->items) {
      auto made = read_signature_case(item, mistakes_);
      if (!made) return made.error();
      made_.cases.push_back(std::move(*made));
    }
    if (made_.cases.empty()) return mistakes_.at((*node)->line, "when is empty");
    return {};
  }

  const TomlNode& entry_;
  SignatureMistakes mistakes_;
  Signature made_;
};

}  // namespace

Error SignatureMistakes::at(std::size_t line, const std::string& sentence) const {
  return Error{fmt::format("{}:{}: {}", file_, std::max<std::size_t>(line, 1), sentence)};
}

Result<void> SignatureMistakes::check_keys(const TomlNode& table, std::string_view where, std::span<const std::string_view> known) const {
  if (table.kind != TomlNode::Kind::table)
    return at(table.line, fmt::format("{} must be a table with some of: {}", where, fmt::join(known, ", ")));
  for (const TomlEntry& entry : table.entries) {
    if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
    const std::string meant = nearest(entry.key, known);
    return at(entry.line,
              fmt::format("unknown key {} in {}{}possible: {}", in_quotes(entry.key), where,
                          meant.empty() ? "; " : fmt::format("; did you mean \"{}\"? All that are ", meant), fmt::join(known, ", ")));
  }
  return {};
}

Result<std::string> SignatureMistakes::text(const TomlNode& node, std::string_view key) const {
  if (node.kind == TomlNode::Kind::text) return node.text;
  return at(node.line, fmt::format("{} must be text in quotes", key));
}

Result<bool> SignatureMistakes::truth(const TomlNode& node, std::string_view key) const {
  if (node.kind == TomlNode::Kind::boolean) return node.number == 1;
  return at(node.line, fmt::format("{} must be true or false", key));
}

Result<std::size_t> SignatureMistakes::choice(const TomlNode& node, std::string_view key, std::span<const std::string_view> names) const {
  const auto found = node.kind == TomlNode::Kind::text ? std::find(names.begin(), names.end(), node.text) : names.end();
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  return at(node.line, fmt::format("{} must be one of: {}", key, fmt::join(names, ", ")));
}

Result<const TomlNode*> SignatureMistakes::list(const TomlNode& node, std::string_view key) const {
  if (node.kind == TomlNode::Kind::list && node.items.size() <= kMostInList) return &node;
  return at(node.line, node.kind == TomlNode::Kind::list ? fmt::format("{} has more than {} entries", key, kMostInList)
                       : key == "when"                   ? std::string("when is written with two brackets each: [[signature.when]]")
                                                         : fmt::format("{} must be a list: {} = [...]", key, key));
}

Result<Signature> read_signature(const TomlNode& entry, const std::string& file) { return EntryReader(entry, file).read(); }

}  // namespace nightjar
