#include "payload/signature_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/file.hpp"
#include "base/text.hpp"
#include "base/toml_tree.hpp"
#include "payload/signature_entry.hpp"

namespace nightjar {
namespace {

constexpr std::uint64_t kLargestFile = 4U << 20;
constexpr std::size_t kMostSignatures = 10'000;
constexpr std::string_view kFileKeys[] = {"signature"};

Result<std::vector<std::filesystem::path>> files_of(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() == ".toml") files.push_back(at->path());
  }
  if (error) return Error{fmt::format("cannot read the signatures in {}: {}", folder.string(), error.message())};
  if (files.empty()) return Error{fmt::format("there are no signatures in {}: no file NAME.toml is there", folder.string())};
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Result<std::vector<Signature>> parse_signatures(std::string_view text, const std::string& file) {
  const auto tree = parse_toml_tree(text, file);
  if (!tree) return tree.error();
  const SignatureMistakes mistakes(file);
  if (auto done = mistakes.check_keys(*tree, "a file of signatures", kFileKeys); !done) return done.error();
  std::vector<Signature> signatures;
  const TomlNode* list = tree->find("signature");
  if (list == nullptr) return mistakes.at(1, "there is no [[signature]] in it");
  if (list->kind != TomlNode::Kind::list) return mistakes.at(list->line, "signatures are written with two brackets each: [[signature]]");
  if (list->items.size() > kMostSignatures)
    return mistakes.at(list->line, fmt::format("more than {} signatures", with_thousands(kMostSignatures)));
  for (const TomlNode& entry : list->items) {
    auto signature = read_signature(entry, file);
    if (!signature) return signature.error();
    signatures.push_back(std::move(*signature));
  }
  return signatures;
}

Result<std::vector<Signature>> read_signatures(const std::filesystem::path& path) {
  std::error_code error;
  std::vector<std::filesystem::path> files = {path};
  if (std::filesystem::is_directory(path, error)) {
    auto found = files_of(path);
    if (!found) return found.error();
    files = std::move(*found);
  }
  std::vector<Signature> signatures;
  for (const std::filesystem::path& file : files) {
    const auto text = read_file(file, kLargestFile);
    if (!text) return text.error();
    auto read = parse_signatures(*text, file.string());
    if (!read) return read.error();
    std::move(read->begin(), read->end(), std::back_inserter(signatures));
  }
  return signatures;
}

}  // namespace nightjar
