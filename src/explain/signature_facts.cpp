#include "explain/signature_facts.hpp"

#include <algorithm>
#include <memory>

#include "payload/signature_set.hpp"

namespace nightjar {
namespace {

const Signature* signature_of(std::string_view tag) {
  // Only what is said of them is asked, so nothing but the few for datagrams is compiled.
  static const auto set = SignatureSet::load({}, SignatureSet::Scope::datagrams);
  return set ? (*set)->find(tag) : nullptr;
}

}  // namespace

bool is_exploit(std::string_view tag) {
  const Signature* signature = signature_of(tag);
  return signature != nullptr && signature->kind == SignatureKind::exploit;
}

std::vector<std::string> cves_of_tag(std::string_view tag) {
  const Signature* signature = signature_of(tag);
  return signature == nullptr ? std::vector<std::string>() : signature->cve;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

}  // namespace nightjar
