#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "figure/filter.hpp"
#include "figure/filter_lexer.hpp"
#include "figure/filter_value.hpp"

namespace nightjar {
namespace {

using Kind = FilterExpression::Kind;

/// Recursive descent over the tokens. The first error stops it; depth is bounded, so is the stack.
class Parser {
 public:
  explicit Parser(std::vector<FilterToken> tokens) : tokens_(std::move(tokens)) {}

  std::variant<FilterExpression, FilterError> parse() {
    if (now().kind == FilterToken::Kind::end) return FilterExpression{};
    FilterExpression expression = any_of(0);
    if (!error_ && now().kind != FilterToken::Kind::end)
      fail(now(), now().text == ")" ? "there is no opening bracket for this one"
                                    : "here should follow and, or or the end, not \"" + now().text + "\"");
    if (error_) return *error_;
    return expression;
  }

 private:
  const FilterToken& now() const { return tokens_[at_]; }
  void next() {
    if (at_ + 1 < tokens_.size()) ++at_;
  }
  bool is_word(std::string_view word) const { return now().kind == FilterToken::Kind::word && now().lower == word; }
  bool is_symbol(std::string_view symbol) const { return now().kind == FilterToken::Kind::symbol && now().text == symbol; }
  bool accept_word(std::string_view word) {
    if (!is_word(word)) return false;
    next();
    return true;
  }
  bool accept_symbol(std::string_view symbol) {
    if (!is_symbol(symbol)) return false;
    next();
    return true;
  }
  void fail(const FilterToken& token, const std::string& sentence) {
    if (!error_) error_ = FilterError{token.position, token.length, "at " + std::to_string(token.position) + ": " + sentence};
  }

  FilterExpression any_of(std::size_t depth) { return joined(Kind::any_of, "or", depth); }
  FilterExpression all_of(std::size_t depth) { return joined(Kind::all_of, "and", depth); }

  FilterExpression joined(Kind kind, std::string_view word, std::size_t depth) {
    FilterExpression list{.kind = kind};
    do {
      FilterExpression part = kind == Kind::any_of ? all_of(depth) : negation(depth);
      if (error_) return {};
      if (part.kind == kind)
        std::ranges::move(part.parts, std::back_inserter(list.parts));
      else
        list.parts.push_back(std::move(part));
    } while (accept_word(word));
    if (list.parts.size() > 1) return list;
    // Moved out of `list` first: the only part must not be assigned onto its own owner.
    FilterExpression only = std::move(list.parts.front());
    return only;
  }

  FilterExpression negation(std::size_t depth) {
    if (!accept_word("not")) return bracket_or_comparison(depth);
    FilterExpression expression{.kind = Kind::negation};
    expression.parts.push_back(bracket_or_comparison(depth));
    return expression;
  }

  FilterExpression bracket_or_comparison(std::size_t depth) {
    if (!is_symbol("(")) return comparison();
    if (depth >= kFilterMaxDepth) {
      fail(now(), "brackets are nested deeper than " + std::to_string(kFilterMaxDepth));
      return {};
    }
    next();
    FilterExpression expression = any_of(depth + 1);
    if (!error_ && !accept_symbol(")")) fail(now(), "here should follow and, or or a closing bracket");
    return expression;
  }

  FilterExpression comparison() {
    const FilterToken name = now();
    const FilterFieldRule* rule = field(name);
    if (rule == nullptr) return {};
    next();
    const FilterToken symbol = now();
    FilterExpression expression{.kind = Kind::comparison, .field = rule->field};
    const bool negated = accept_word("not");
    if (accept_word("in")) {
      expression.op = negated ? FilterOperator::not_in : FilterOperator::in;
      list_of_values(*rule, expression);
    } else if (negated) {
      fail(now(), "after not should follow in: " + std::string(rule->name) + " not in (...)");
    } else if (const auto op = simple_operator(*rule)) {
      expression.op = *op;
      expression.values.push_back(value(*rule));
      const FilterValue& only = expression.values.front();
      if (*op >= FilterOperator::less && *op <= FilterOperator::greater_equal && only.first != only.last)
        fail(symbol, "a range fits =, !=, in and not in, not " + symbol.text);
    }
    return expression;
  }

  const FilterFieldRule* field(const FilterToken& token) {
    std::vector<std::string_view> names;
    std::string list;
    for (const FilterFieldRule& rule : filter_fields()) {
      if (token.kind == FilterToken::Kind::word && token.lower == rule.name) return &rule;
      names.push_back(rule.name);
      list += (list.empty() ? "" : ", ") + std::string(rule.name);
    }
    if (token.kind == FilterToken::Kind::end) {
      fail(token, "here should stand a comparison like port = 23. Fields are " + list);
    } else if (token.kind != FilterToken::Kind::word) {
      fail(token, "here should stand a field, not \"" + token.text + "\". Fields are " + list);
    } else if (token.lower == "steady") {
      fail(token, "\"steady\" is reserved: no figure knows it yet. Fields are " + list);
    } else {
      const std::string near = nearest(token.lower, names);
      fail(token,
           "there is no field \"" + token.text + "\"." + (near.empty() ? "" : " Did you mean " + near + "?") + " Fields are " + list);
    }
    return nullptr;
  }

  std::optional<FilterOperator> simple_operator(const FilterFieldRule& rule) {
    constexpr std::array<std::pair<std::string_view, FilterOperator>, 6> operators = {{{"=", FilterOperator::equal},
                                                                                       {"!=", FilterOperator::not_equal},
                                                                                       {"<", FilterOperator::less},
                                                                                       {"<=", FilterOperator::less_equal},
                                                                                       {">", FilterOperator::greater},
                                                                                       {">=", FilterOperator::greater_equal}}};
    const std::string possible = rule.ordered ? "=, !=, <, <=, >, >=, in, not in" : "=, !=, in, not in";
    if (now().kind == FilterToken::Kind::symbol) {
      for (const auto& [text, op] : operators) {
        if (now().text != text) continue;
        if (!rule.ordered && op >= FilterOperator::less) break;
        next();
        return op;
      }
    }
    const std::string found = now().kind == FilterToken::Kind::end ? "" : ", not \"" + now().text + "\"";
    fail(now(), "after " + std::string(rule.name) + " should follow one of " + possible + found);
    return std::nullopt;
  }

  void list_of_values(const FilterFieldRule& rule, FilterExpression& expression) {
    if (!accept_symbol("(")) {
      fail(now(), "after in should follow a list in brackets: " + std::string(rule.name) + " in (...)");
      return;
    }
    do expression.values.push_back(value(rule));
    while (!error_ && accept_symbol(","));
    if (!error_ && !accept_symbol(")")) fail(now(), "here should follow a comma or the closing bracket of the list");
    if (expression.values.size() == 1)
      expression.op = expression.op == FilterOperator::in ? FilterOperator::equal : FilterOperator::not_equal;
  }

  FilterValue value(const FilterFieldRule& rule) {
    FilterToken token = now();
    if (token.kind == FilterToken::Kind::end || token.kind == FilterToken::Kind::symbol) {
      fail(token, "here should stand a value of " + std::string(rule.name) + ": " + possible_values(rule));
      return {};
    }
    next();
    // A range may be written with spaces: 20 .. 25.
    while (token.kind == FilterToken::Kind::word && now().kind == FilterToken::Kind::word &&
           (now().text.starts_with("..") || token.text.ends_with(".."))) {
      token.text += now().text;
      token.lower += now().lower;
      token.length = now().position + now().length - token.position;
      next();
    }
    auto read = read_filter_value(rule, token);
    if (auto* sentence = std::get_if<std::string>(&read)) {
      fail(token, *sentence);
      return {};
    }
    FilterValue result = std::get<FilterValue>(std::move(read));
    result.position = token.position;
    result.length = token.length;
    return result;
  }

  std::vector<FilterToken> tokens_;
  std::size_t at_ = 0;
  std::optional<FilterError> error_;
};

}  // namespace

std::variant<FilterExpression, FilterError> parse_filter(std::string_view text) {
  auto tokens = lex_filter(text);
  if (auto* error = std::get_if<FilterError>(&tokens)) return *error;
  return Parser(std::get<std::vector<FilterToken>>(std::move(tokens))).parse();
}

}  // namespace nightjar
