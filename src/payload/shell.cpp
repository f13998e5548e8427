#include "payload/shell.hpp"

#include <algorithm>
#include <array>

#include "payload/shell_output.hpp"
#include "payload/shell_reader.hpp"

namespace nightjar {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t kMostTokens = 65'536, kMostWords = 512, kMostVariables = 256, kMostValue = 4'096, kMostFileBytes = 65'536,
                      kMostStarted = 256, kMostRounds = 32, kMostFiles = 64;

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Words of the grammar that stand before a command.
constexpr std::array<std::string_view, 16> kReserved = {"if",    "then", "else", "elif", "fi", "do", "done", "while",
                                                        "until", "esac", "{",    "}",    "!",  "in", "time", "function"};

void add_words(std::vector<ShellWord>& words, std::vector<ShellWord> more) {
  for (ShellWord& word : more) {
    if (words.size() == kMostWords) return;
    words.push_back(std::move(word));
  }
}

}  // namespace

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view assigned_name(std::string_view word) {
  const std::size_t equals = word.find('=');
  if (equals == npos || equals == 0 || (word[0] >= '0' && word[0] <= '9')) return {};
  const std::string_view name = word.substr(0, equals);
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  return plain ? name : std::string_view{};
}

bool ShellReader::spend(std::size_t cost) {
  const bool enough = cost <= budget_;
  budget_ -= std::min(cost, budget_);
  return enough;
}

void ShellReader::set(std::string_view name, std::string value) {
  if (value.size() > kMostValue) value.resize(kMostValue);
  if (const auto found = variables_.find(name); found != variables_.end())
    found->second = std::move(value);
  else if (variables_.size() < kMostVariables)
    variables_.emplace(name, std::move(value));
}

bool ShellReader::assign(std::string_view word, std::size_t at, Level& level) {
  const std::string_view name = assigned_name(word);
  if (name.empty()) return false;
  set(name, expand_value(word.substr(name.size() + 1), at, level));
  return true;
}

void ShellReader::read(std::string_view text, bool open) {
  Level level{open, 0, {}, {}, {}};
  read(text, level);
  read_written_files();
}

void ShellReader::read(std::string_view text, Level& level) {
  if (!spend(text.size())) return;
  const std::vector<ShellToken> tokens = split_shell(text, level.open, kMostTokens);
  walk(tokens, level, true);
}

void ShellReader::read_inner(std::string_view text, bool open, const Level& outer, std::size_t at) {
  if (outer.depth + 1 >= kMostShellDepth) return;
  Level level{open, outer.depth + 1, at, {}, {}};
  read(text, level);
}

/// `to_end`: the tokens reach to the end of the text.
void ShellReader::walk(Tokens tokens, Level& level, bool to_end) {
  ShellCommand command;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (commands_.size() >= kMostShellCommands || !spend(1)) return;
    const ShellToken& token = tokens[i];
    switch (token.kind) {
      case ShellTokenKind::separator: finish(command, level, false); break;
      case ShellTokenKind::pipe: finish(command, level, true); break;
      case ShellTokenKind::output:
      case ShellTokenKind::input: {
        if (i + 1 == tokens.size() || tokens[i + 1].kind != ShellTokenKind::word) break;  // `<(`, or cut off
        auto target = expand(tokens[++i], level);
        if (!target.empty() && command.redirections.size() < kMostWords)
          command.redirections.push_back({token.kind == ShellTokenKind::output, std::move(target.front())});
        break;
      }
      case ShellTokenKind::word:
        if (command.words.empty() && token.raw == "for" && i + 1 < tokens.size()) {
          i = walk_loop(tokens, i, level, to_end);
          break;
        }
        word(token, command, level);
    }
  }
  command.cut = level.open && to_end;
  finish(command, level, false);
}

void ShellReader::word(const ShellToken& token, ShellCommand& command, Level& level) {
  if (command.words.empty()) {
    if (is_one_of(token.raw, kReserved)) return;
    if (assign(token.raw, level.at.value_or(token.at), level)) return;
    command.at = level.at.value_or(token.at);
  }
  add_words(command.words, expand(token, level));
}

/// `for NAME in WORDS; do BODY; done` at `at`: the body once for each word. Returns the index of its last token.
std::size_t ShellReader::walk_loop(Tokens tokens, std::size_t at, Level& level, bool to_end) {
  const std::string name(tokens[++at].raw);
  std::vector<ShellWord> values;
  ++at;
  if (at < tokens.size() && tokens[at].raw == "in") {
    for (++at; at < tokens.size() && tokens[at].kind == ShellTokenKind::word; ++at) add_words(values, expand(tokens[at], level));
  }
  while (at < tokens.size() && tokens[at].kind == ShellTokenKind::separator) ++at;
  if (at == tokens.size() || tokens[at].raw != "do" || level.depth + 1 >= kMostShellDepth) return at - 1;
  const std::size_t begin = at + 1;
  std::size_t end = begin, deep = 1;
  for (; end < tokens.size(); ++end) {
    const bool first = tokens[end - 1].kind != ShellTokenKind::word || tokens[end - 1].raw == "do" || tokens[end - 1].raw == "then";
    if (tokens[end].kind != ShellTokenKind::word || !first) continue;
    if (tokens[end].raw == "do") ++deep;
    if (tokens[end].raw == "done" && --deep == 0) break;
  }
  const Tokens body = tokens.subspan(begin, end - begin);
  const bool body_to_end = to_end && end == tokens.size();
  ++level.depth;
  if (values.empty()) walk(body, level, body_to_end);  // over arguments or files: once, with the name as it stands
  for (std::size_t i = 0; i < values.size() && i < kMostRounds; ++i) {
    if (values[i].text.find_first_of("*?") == npos) set(name, values[i].text);
    walk(body, level, body_to_end);
  }
  --level.depth;
  return end == tokens.size() ? end - 1 : end;
}

void ShellReader::finish(ShellCommand& command, Level& level, bool piped) {
  const bool only_substitution =
      command.words.size() == 1 && (command.words[0].text.starts_with('`') || command.words[0].text.starts_with("$("));
  if (!command.words.empty() && !only_substitution && commands_.size() < kMostShellCommands) {
    commands_.push_back(command);
    interpret(command, level);
    if (!piped) ++level.pipes;
  } else if (only_substitution) {
    ++level.pipes;
    level.piped.reset();
    level.output.reset();
  }
  if (!piped) level.piped.reset();
  command = {};
}

/// What a command does to what is known: variables, files, texts that become commands.
void ShellReader::interpret(const ShellCommand& command, Level& level) {
  const auto words = program_words(command);
  std::optional<std::string> input = std::move(level.piped);
  level.piped.reset();
  level.output.reset();
  if (words.empty()) return;
  const std::string_view name = base_name(words[0].text);
  const auto start = [&](std::string_view path) {
    if (started_.size() < kMostStarted) started_.emplace(base_name(path));
  };

  if (name == "export" || name == "local" || name == "declare" || name == "readonly") {
    for (const ShellWord& word : words.subspan(1))
      if (const auto variable = assigned_name(word.text); !variable.empty()) set(variable, word.text.substr(variable.size() + 1));
  } else if (name == "eval") {
    std::string script;
    for (const ShellWord& word : words.subspan(1)) script += (script.empty() ? "" : " ") + word.text;
    read_inner(script, words.back().cut, level, command.at);
  } else if (is_shell(name) || name == "su") {
    // The script is what follows -c (also -ec, -lc); su knows words before it.
    std::size_t next = 1;
    bool script = false;
    for (; next < words.size() && !script && (name == "su" || words[next].text.starts_with('-')); ++next) {
      const std::string& option = words[next].text;
      script = option.size() > 1 && option[0] == '-' && option[1] != '-' && option.find('c') != npos;
    }
    if (script && next < words.size())
      read_inner(words[next].text, words[next].cut, level, command.at);
    else if (next < words.size())
      start(words[next].text);
    else if (input)
      read_inner(*input, false, level, command.at);
  } else if (name == "." || name == "source" || name == "chmod") {
    for (const ShellWord& word : words.subspan(1)) start(word.text);
  } else if (words[0].text.find('/') != npos) {
    start(words[0].text);
  }

  level.output = input ? shell_filter(command, *input) : shell_output(command);
  if (!level.output) return;
  for (const ShellRedirection& redirection : command.redirections) {
    if (!redirection.output) continue;
    const std::string_view path = redirection.target.text;
    auto file = std::find_if(files_.begin(), files_.end(), [&](const File& known) { return known.path == path; });
    if (file == files_.end()) {
      if (files_.size() == kMostFiles) return;
      file = files_.insert(files_.end(), {std::string(path), {}, false});
    }
    const std::size_t size = std::min(level.output->size(), kMostFileBytes - file_bytes_);
    file->text += level.output->substr(0, size);
    file->cut = command.cut;
    file_bytes_ += size;
    level.output.reset();
    return;
  }
  level.piped = level.output;
}

/// Scripts that echo and printf put together, where the text starts them or puts them where they will be started.
void ShellReader::read_written_files() {
  const std::size_t at = commands_.empty() ? 0 : commands_.back().at;
  const std::vector<File> files = std::move(files_);
  files_.clear();
  for (const File& file : files) {
    const bool started = started_.contains(base_name(file.path)) || file.path.ends_with(".sh") || file.path.find("cron") != npos ||
                         file.path.find("/rc") != npos || file.path.find("init.d") != npos;
    if (!started || file.text.starts_with("\x7f"
                                          "ELF"))
      continue;
    Level level{file.cut, 1, at, {}, {}};
    read(file.text, level);
  }
}

std::vector<ShellCommand> read_shell(std::string_view text, bool open) {
  ShellReader reader(text.size());
  reader.read(text, open);
  return reader.take();
}

}  // namespace nightjar
