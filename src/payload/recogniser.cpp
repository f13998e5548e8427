#include "payload/recogniser.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>
#include <utility>

#include "payload/shell_command.hpp"
#include "payload/signature_compiled.hpp"

namespace nightjar {
namespace {

bool is_exploit(const Signature& signature) { return signature.kind == SignatureKind::exploit; }

/// The last run of letters and digits.
std::string_view last_word(std::string_view text) {
  const auto is_word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  std::size_t end = text.size();
  while (end > 0 && !is_word(text[end - 1])) --end;
  std::size_t begin = end;
  while (begin > 0 && is_word(text[begin - 1])) --begin;
  return text.substr(begin, end - begin);
}

}  // namespace

struct Recogniser::State {
  /// Where a pattern was seen in the present payload.
  struct Seen {
    std::uint32_t end = 0;  ///< of its first match
    bool yes = false;
    bool decoded = false;  ///< in the payload without its percent codes
  };
  struct Match {
    std::uint32_t signature, compiled_case;
  };

  std::shared_ptr<const SignatureSet> signatures;
  Scratch scratch;
  std::vector<Seen> seen;            ///< by pattern
  std::vector<std::uint32_t> hits;   ///< patterns that were seen
  std::vector<std::uint8_t> judged;  ///< by case
  std::vector<Match> matches;
  std::string decoded;
  bool scans_decoded = false;
  TakenApart taken;
  bool is_taken = false, is_request = false, has_decoded = false;

  static int on_match(unsigned id, unsigned long long, unsigned long long to, unsigned, void* context) {
    auto& state = *static_cast<State*>(context);
    Seen& seen = state.seen[id];
    if (!seen.yes) {
      seen = {static_cast<std::uint32_t>(to), true, state.scans_decoded};
      state.hits.push_back(id);
    }
    return 0;
  }

  void scan(std::string_view text) {
    const CompiledSignatures& compiled = signatures->compiled();
    if (compiled.database)
      hs_scan(compiled.database.get(), text.data(), static_cast<unsigned>(text.size()), 0, scratch.get(), on_match, this);
  }

  /// Takes the payload apart once it is asked for.
  bool take_apart() {
    if (!is_taken) {
      is_taken = true;
      is_request = taken.read(taken.payload);
    }
    return is_request;
  }

  bool has_all(const std::vector<std::uint32_t>& patterns) const {
    return std::all_of(patterns.begin(), patterns.end(), [&](std::uint32_t pattern) { return seen[pattern].yes; });
  }
  bool has_one(const std::vector<std::uint32_t>& patterns) const {
    return std::any_of(patterns.begin(), patterns.end(), [&](std::uint32_t pattern) { return seen[pattern].yes; });
  }

  void judge(std::uint32_t number, std::uint8_t protocol) {
    if (std::exchange(judged[number], 1) != 0) return;
    const CompiledCase& judged_case = signatures->compiled().cases[number];
    if (signatures->signatures()[judged_case.signature].protocol != protocol) return;
    if (!has_all(judged_case.all) || (!judged_case.any.empty() && !has_one(judged_case.any)) || has_one(judged_case.none)) return;
    const std::vector<FieldCondition>& fields = judged_case.written->fields;
    if (!fields.empty() && !take_apart()) return;
    for (const FieldCondition& condition : fields) {
      if (!holds(condition, taken)) return;
    }
    matches.push_back({judged_case.signature, number});
  }

  bool is_in(const hs_database_t* pattern, std::string_view text) {
    bool found = false;
    const auto note = [](unsigned, unsigned long long, unsigned long long, unsigned, void* context) {
      *static_cast<bool*>(context) = true;
      return 1;
    };
    hs_scan(pattern, text.data(), static_cast<unsigned>(text.size()), 0, scratch.get(), note, &found);
    return found;
  }
  /// Where the shortest match begins that ends with the text.
  std::size_t beginning_of(const hs_database_t* pattern, std::string_view text) {
    std::size_t in = 0, out = text.size();
    while (out - in > 1) {
      const std::size_t middle = in + (out - in) / 2;
      (is_in(pattern, text.substr(middle)) ? in : out) = middle;
    }
    return in;
  }

  /// Offset and length of the pattern's first match, in the payload as it was received.
  std::pair<std::uint32_t, std::uint32_t> place_of(std::uint32_t number) {
    const CompiledSignatures::Pattern& pattern = signatures->compiled().patterns[number];
    const Seen& match = seen[number];
    std::size_t from = match.end - std::min<std::size_t>(pattern.fixed, match.end), to = match.end;
    const std::string_view text = match.decoded ? std::string_view(decoded) : taken.payload;
    if (pattern.alone) from = pattern.at_start ? 0 : beginning_of(pattern.alone.get(), text.substr(0, to));
    if (match.decoded) {
      from = encoded_offset(taken.payload, from);
      to = encoded_offset(taken.payload, to);
    }
    return {static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to - from)};
  }

  Tag tag_of(const Match& match, const std::vector<Injection>& injections) {
    const CompiledCase& matched = signatures->compiled().cases[match.compiled_case];
    Tag tag{&signatures->signatures()[match.signature], 0, 0, {}};
    if (!matched.all.empty()) {
      std::tie(tag.offset, tag.length) = place_of(matched.all.front());
    } else if (!matched.any.empty()) {
      const auto found = std::find_if(matched.any.begin(), matched.any.end(), [&](std::uint32_t pattern) { return seen[pattern].yes; });
      std::tie(tag.offset, tag.length) = place_of(*found);
    } else {
      const bool soap = matched.written->injection == SignatureCase::Injection::soap;
      const auto found = std::find_if(injections.begin(), injections.end(), [&](const Injection& one) { return one.soap == soap; });
      if (found != injections.end()) std::tie(tag.offset, tag.length) = std::tie(found->offset, found->length);
    }
    if (tag.signature->family) tag.family = last_word(taken.payload.substr(tag.offset, tag.length));
    return tag;
  }

  /// Whether an exploit that was recognised knows the field in which the command is.
  bool is_known(const Injection& injection) const {
    return std::any_of(matches.begin(), matches.end(), [&](const Match& match) {
      if (!is_exploit(signatures->signatures()[match.signature])) return false;
      const auto& fields = signatures->compiled().cases[match.compiled_case].written->fields;
      bool asks_for_commands = false;
      for (const FieldCondition& condition : fields) {
        if (!condition.shell && !condition.command) continue;
        asks_for_commands = true;
        const std::string_view name = condition.where == FieldCondition::Where::query ? std::string_view("query") : injection.field;
        RequestField field{injection.where, name, {}, {}, false, nullptr};
        if (condition.where == FieldCondition::Where::query && injection.where == FieldCondition::Where::parameter)
          field.where = condition.where;
        if (is_about(condition, field)) return true;
      }
      return !asks_for_commands;
    });
  }

  void judge_injections(std::uint8_t protocol, std::uint16_t port, std::vector<Injection>& injections) {
    const bool hides = find_hidden_command(taken.payload, false) || (has_decoded && find_hidden_command(decoded, false));
    if (!hides || !take_apart()) return;
    find_injections(taken, port, injections);
    if (injections.empty()) return;
    const auto has = [&](bool soap) {
      return std::any_of(injections.begin(), injections.end(), [&](const Injection& injection) { return injection.soap == soap; });
    };
    const bool in_soap = has(true), in_http = has(false);
    for (const std::uint32_t number : signatures->compiled().injection_cases) {
      const SignatureCase::Injection wanted = signatures->compiled().cases[number].written->injection;
      if (wanted == SignatureCase::Injection::soap ? in_soap : in_http) judge(number, protocol);
    }
    for (Injection& injection : injections) injection.known = is_known(injection);
  }

  void forget() {
    for (const std::uint32_t pattern : hits) {
      seen[pattern] = {};
      for (const std::uint32_t number : signatures->compiled().patterns[pattern].cases) judged[number] = 0;
    }
    for (const std::uint32_t number : signatures->compiled().injection_cases) judged[number] = 0;
    hits.clear();
    matches.clear();
    is_taken = is_request = has_decoded = scans_decoded = false;
  }

  Recognition recognise(std::string_view payload, std::uint8_t protocol, std::uint16_t port) {
    Recognition recognition;
    taken.payload = payload;
    scan(payload);
    const bool http = may_be_http(payload);
    if (http && payload.find('%') != std::string_view::npos) {
      decode_percent(payload, true, decoded);
      has_decoded = decoded.size() != payload.size();
      scans_decoded = true;
      if (has_decoded) scan(decoded);
    }
    for (std::size_t i = 0; i < hits.size(); ++i) {
      for (const std::uint32_t number : signatures->compiled().patterns[hits[i]].cases) judge(number, protocol);
    }
    if (http) judge_injections(protocol, port, recognition.injections);
    // One tag a signature, whatever the number of its cases that hold.
    const auto order = [&](const Match& match) {
      return std::tuple(signatures->signatures()[match.signature].kind, match.signature, match.compiled_case);
    };
    std::sort(matches.begin(), matches.end(), [&](const Match& a, const Match& b) { return order(a) < order(b); });
    for (std::size_t i = 0; i < matches.size(); ++i) {
      if (i == 0 || matches[i - 1].signature != matches[i].signature)
        recognition.tags.push_back(tag_of(matches[i], recognition.injections));
    }
    forget();
    return recognition;
  }
};

Recogniser::Recogniser(std::unique_ptr<State> state) : state_(std::move(state)) {}
Recogniser::Recogniser(Recogniser&& other) noexcept = default;
Recogniser::~Recogniser() = default;

Result<Recogniser> Recogniser::make(std::shared_ptr<const SignatureSet> signatures) {
  auto state = std::make_unique<State>();
  const CompiledSignatures& compiled = signatures->compiled();
  hs_scratch_t* scratch = nullptr;
  if (compiled.scratch && hs_clone_scratch(compiled.scratch.get(), &scratch) != HS_SUCCESS)
    return Error{"there is no memory to look for signatures"};
  state->scratch.reset(scratch);
  state->seen.resize(compiled.patterns.size());
  state->judged.resize(compiled.cases.size());
  state->signatures = std::move(signatures);
  return Recogniser(std::move(state));
}

Recognition Recogniser::recognise(std::span<const std::uint8_t> payload, std::uint8_t protocol, std::uint16_t port) {
  payload = payload.first(std::min(payload.size(), kMostBytes));
  return state_->recognise({reinterpret_cast<const char*>(payload.data()), payload.size()}, protocol, port);
}

const SignatureSet& Recogniser::signatures() const { return *state_->signatures; }

}  // namespace nightjar
