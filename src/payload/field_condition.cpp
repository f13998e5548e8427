#include "payload/field_condition.hpp"

#include <algorithm>

#include "payload/shell_command.hpp"

namespace nightjar {
namespace {

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// `pattern` is in small letters; '*' in it stands for anything.
bool fits(std::string_view pattern, std::string_view name) {
  std::size_t p = 0, n = 0, behind_star = std::string_view::npos, retry = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      behind_star = ++p;
      retry = n;
    } else if (p < pattern.size() && pattern[p] == small(name[n])) {
      ++p;
      ++n;
    } else if (behind_star != std::string_view::npos) {
      p = behind_star;
      n = ++retry;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool has(std::string_view text, std::string_view small_part) {
  return std::search(text.begin(), text.end(), small_part.begin(), small_part.end(), [](char a, char b) { return small(a) == b; }) !=
             text.end() ||
         small_part.empty();
}

}  // namespace

bool TakenApart::read(std::string_view of) {
  payload = of;
  used = 0;
  while (!of.empty() && used < kMostParts) {
    const std::size_t size = used + 1 < kMostParts ? next_http_request(of) : of.size();
    if (parts.size() == used) parts.emplace_back();
    Part& part = parts[used];
    if (!read_http_request(of.substr(0, size), part.request)) break;
    read_elements(part.request.body, part.elements);
    ++used;
    of.remove_prefix(size);
  }
  return used > 0;
}

bool is_about(const FieldCondition& condition, const RequestField& field) {
  using Where = FieldCondition::Where;
  // The action of SOAP is a header too.
  const bool is_place = condition.where == field.where || (condition.where == Where::header && field.where == Where::soap_action);
  return is_place && (condition.name.empty() || fits(condition.name, field.name));
}

bool holds(const FieldCondition& condition, TakenApart& taken) {
  return any_field(taken, [&](const RequestField& field) {
    if (!is_about(condition, field)) return false;
    if (condition.holds && !has(field.text, *condition.holds)) return false;
    if (condition.shell && !holds_shell_metacharacter(field.text)) return false;
    if (condition.command && !begins_with_command(field.text, field.may_go_on) && !find_hidden_command(field.text, field.may_go_on))
      return false;
    return true;
  });
}

}  // namespace nightjar
