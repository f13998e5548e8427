#include "payload/signature_set.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.hpp"
#include "payload/signature_compiled.hpp"
#include "payload/signature_file.hpp"

namespace nightjar {
namespace {

/// A match may begin anywhere, '.' is any byte; the first match is enough.
constexpr unsigned kFlags = HS_FLAG_DOTALL | HS_FLAG_SINGLEMATCH;

Error mistake(const Signature& signature, std::size_t line, const std::string& sentence) {
  return Error{fmt::format("{}:{}: {}", signature.file, line, sentence)};
}

/// Compiles everything that signatures have; knows each pattern once.
class Compiler {
 public:
  Compiler(const std::vector<Signature>& signatures, SignatureSet::Scope scope) : signatures_(signatures), scope_(scope) {}

  Result<std::unique_ptr<CompiledSignatures>> compile() {
    constexpr std::uint8_t kUdp = 17;
    for (std::uint32_t i = 0; i < signatures_.size(); ++i) {
      if (scope_ == SignatureSet::Scope::datagrams && signatures_[i].protocol != kUdp) continue;
      for (const SignatureCase& written : signatures_[i].cases) add(i, written);
    }
    if (auto done = compile_all(); !done) return done.error();
    for (std::size_t i = 0; i < uses_.size(); ++i) {
      if (auto done = compile_alone(i); !done) return done.error();
    }
    return std::move(compiled_);
  }

 private:
  struct Use {
    const Signature* signature;
    const SignaturePattern* pattern;
  };

  std::uint32_t number_of(const Signature& signature, const SignaturePattern& pattern) {
    const auto [known, is_new] =
        numbers_.emplace(std::pair(pattern.expression, pattern.any_case), static_cast<std::uint32_t>(uses_.size()));
    if (is_new) {
      uses_.push_back({&signature, &pattern});
      compiled_->patterns.emplace_back().fixed = pattern.fixed;
    }
    return known->second;
  }

  void add(std::uint32_t signature, const SignatureCase& written) {
    const auto number = static_cast<std::uint32_t>(compiled_->cases.size());
    CompiledCase& made = compiled_->cases.emplace_back();
    made.signature = signature;
    made.written = &written;
    const auto numbers = [&](const std::vector<SignaturePattern>& patterns, std::vector<std::uint32_t>& to) {
      for (const SignaturePattern& pattern : patterns) to.push_back(number_of(signatures_[signature], pattern));
    };
    numbers(written.all, made.all);
    numbers(written.any, made.any);
    numbers(written.none, made.none);
    // One that must match is enough to look at the case at all.
    if (!made.all.empty())
      compiled_->patterns[made.all.front()].cases.push_back(number);
    else if (made.any.empty())
      compiled_->injection_cases.push_back(number);
    for (const std::uint32_t pattern : made.all.empty() ? made.any : std::vector<std::uint32_t>())
      compiled_->patterns[pattern].cases.push_back(number);
  }

  Error refused(std::size_t number, const char* why) const {
    const Use& use = uses_[number];
    return mistake(*use.signature, use.pattern->line,
                   fmt::format("the expression \"{}\" of {} cannot be used: {}", escape_for_terminal(use.pattern->expression),
                               use.signature->id, why));
  }
  static unsigned flags_of(const SignaturePattern& pattern) { return kFlags | (pattern.any_case ? HS_FLAG_CASELESS : 0U); }

  Result<void> compile_all() {
    if (uses_.empty()) return {};
    std::vector<const char*> expressions;
    std::vector<unsigned> flags, ids;
    for (const Use& use : uses_) {
      expressions.push_back(use.pattern->expression.c_str());
      flags.push_back(flags_of(*use.pattern));
      ids.push_back(static_cast<unsigned>(ids.size()));
    }
    hs_database_t* database = nullptr;
    hs_compile_error_t* error = nullptr;
    if (hs_compile_multi(expressions.data(), flags.data(), ids.data(), static_cast<unsigned>(ids.size()), HS_MODE_BLOCK, nullptr, &database,
                         &error) != HS_SUCCESS) {
      const Error sentence = error->expression >= 0 ? refused(static_cast<std::size_t>(error->expression), error->message)
                                                    : Error{fmt::format("the signatures cannot be compiled: {}", error->message)};
      hs_free_compile_error(error);
      return sentence;
    }
    compiled_->database.reset(database);
    return add_scratch(database);
  }

  Result<void> compile_alone(std::size_t number) {
    if (compiled_->patterns[number].fixed > 0) return {};
    const SignaturePattern& pattern = *uses_[number].pattern;
    hs_database_t* database = nullptr;
    hs_compile_error_t* error = nullptr;
    if (hs_compile(pattern.expression.c_str(), flags_of(pattern), HS_MODE_BLOCK, nullptr, &database, &error) != HS_SUCCESS) {
      const Error sentence = refused(number, error->message);
      hs_free_compile_error(error);
      return sentence;
    }
    compiled_->patterns[number].alone.reset(database);
    compiled_->patterns[number].at_start = pattern.expression.front() == '^';
    return add_scratch(database);
  }

  Result<void> add_scratch(const hs_database_t* database) {
    hs_scratch_t* scratch = compiled_->scratch.release();
    const hs_error_t done = hs_alloc_scratch(database, &scratch);
    compiled_->scratch.reset(scratch);
    if (done != HS_SUCCESS) return Error{"the signatures cannot be compiled: there is no memory for them"};
    return {};
  }

  const std::vector<Signature>& signatures_;
  SignatureSet::Scope scope_;
  std::unique_ptr<CompiledSignatures> compiled_ = std::make_unique<CompiledSignatures>();
  std::vector<Use> uses_;
  std::map<std::pair<std::string, bool>, std::uint32_t> numbers_;
};

/// Everything that decides about tags, as text.
std::string content_of(const std::vector<Signature>& signatures) {
  std::string content;
  const auto add = [&](std::string_view text) { content.append(text).push_back('\0'); };
  for (const Signature& signature : signatures) {
    add(signature.id), add(signature.name), add(signature.vendor), add(signature.product);
    for (const std::string& cve : signature.cve) add(cve);
    add(fmt::format("{} {} {}", signature.protocol, static_cast<int>(signature.kind), signature.family));
    for (const SignatureCase& written : signature.cases) {
      add(fmt::format("case {}", static_cast<int>(written.injection)));
      for (const auto* patterns : {&written.all, &written.any, &written.none}) {
        for (const SignaturePattern& pattern : *patterns) add(fmt::format("{}{}", pattern.any_case ? "i " : "  ", pattern.expression));
        add("patterns");
      }
      for (const FieldCondition& field : written.fields)
        add(fmt::format("{} {} {} {} {} {}", static_cast<int>(field.where), field.name, field.holds.has_value(), field.holds.value_or(""),
                        field.shell, field.command));
    }
  }
  return content;
}

}  // namespace

SignatureSet::SignatureSet() = default;
SignatureSet::~SignatureSet() = default;

Result<std::shared_ptr<const SignatureSet>> SignatureSet::compile(std::vector<Signature> signatures, Scope scope) {
  std::map<std::string_view, const Signature*> by_id;
  for (const Signature& signature : signatures) {
    const auto [earlier, is_new] = by_id.emplace(signature.id, &signature);
    if (!is_new)
      return mistake(signature, signature.line,
                     fmt::format("there is a signature \"{}\" already, {}:{}", signature.id, earlier->second->file, earlier->second->line));
  }
  std::shared_ptr<SignatureSet> set(new SignatureSet);
  set->signatures_ = std::move(signatures);
  auto compiled = Compiler(set->signatures_, scope).compile();
  if (!compiled) return compiled.error();
  set->compiled_ = std::move(*compiled);
  const std::string content = content_of(set->signatures_);
  set->version_ = fmt::format("{:016x}", XXH3_64bits(content.data(), content.size()));
  return std::shared_ptr<const SignatureSet>(std::move(set));
}

Result<std::shared_ptr<const SignatureSet>> SignatureSet::load(std::span<const std::filesystem::path> users, Scope scope) {
  std::vector<Signature> signatures, of_users;
  for (const BuiltInSignatureFile& file : built_in_signature_files()) {
    auto read = parse_signatures(file.text, std::string(file.name));
    if (!read) return read.error();
    std::move(read->begin(), read->end(), std::back_inserter(signatures));
  }
  for (const std::filesystem::path& path : users) {
    auto read = read_signatures(path);
    if (!read) return read.error();
    std::move(read->begin(), read->end(), std::back_inserter(of_users));
  }
  const auto is_replaced = [&](const Signature& own) {
    return std::any_of(of_users.begin(), of_users.end(), [&](const Signature& user) { return user.id == own.id; });
  };
  signatures.erase(std::remove_if(signatures.begin(), signatures.end(), is_replaced), signatures.end());
  std::move(of_users.begin(), of_users.end(), std::back_inserter(signatures));
  return compile(std::move(signatures), scope);
}

const Signature* SignatureSet::find(std::string_view id) const {
  const auto found = std::find_if(signatures_.begin(), signatures_.end(), [&](const Signature& signature) { return signature.id == id; });
  return found == signatures_.end() ? nullptr : &*found;
}

}  // namespace nightjar
