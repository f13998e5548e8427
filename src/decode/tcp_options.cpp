#include "decode/tcp_options.hpp"

#include <array>

namespace nightjar {
namespace {

// The layouts of the SYN and SYN-ACK signatures of p0f 3 (p0f.fp) and of the probes in Nmap's osscan2.cc, most frequent
// in darknets first. FROZEN: the place is the stored number; append at the end.
constexpr std::array<std::string_view, 28> kLayouts = {
    "",
    "mss",
    "mss,sok,ts,nop,ws",
    "mss,nop,ws,nop,nop,sok",
    "mss,nop,nop,sok",
    "mss,nop,ws,nop,nop,ts,sok,eol",
    "mss,nop,ws,sok,ts",
    "mss,nop,nop,sok,nop,ws",
    "mss,nop,ws,nop,nop,ts,nop,nop,sok",
    "mss,nop,nop,sok,nop,ws,nop,nop,ts",
    "mss,sok,ts",
    "mss,nop,ws",
    "mss,ws,nop",
    "mss,nop,nop,ts",
    "mss,nop,nop,ts,nop,ws",
    "mss,nop,nop,ts,nop,nop,sok",
    "nop,ws,nop,nop,ts,nop,nop,sok,mss",
    "ws,nop,mss,ts,sok",
    "mss,ws,sok,ts,eol",
    "mss,ts,ws,sok,eol",
    "ts,nop,nop,ws,nop,mss",
    "sok,ts,ws,eol",
    "mss,sok,ts,ws,eol",
    "mss,sok,ts,nop,ws,tfo",
    "mss,nop,ws,nop,nop,ts,sok",
    "mss,sok",
    "nop,nop,ts",
    "mss,ws",
};

/// Option kinds (IANA, TCP option kind numbers) with the names that p0f gives them.
struct Kind {
  std::uint8_t number;
  std::string_view name;
};
constexpr std::array<Kind, 7> kKinds = {{{0, "eol"}, {1, "nop"}, {2, "mss"}, {3, "ws"}, {4, "sok"}, {8, "ts"}, {34, "tfo"}}};
constexpr std::uint8_t kEndOfList = 0, kNop = 1;

// A layout as a number: 4 bits an option, the place in kKinds + 1, first option in the highest used bits.
using Code = std::uint64_t;
constexpr unsigned kBitsPerOption = 4, kLongest = 64 / kBitsPerOption;

constexpr std::array<std::uint8_t, 256> kSymbols = [] {
  std::array<std::uint8_t, 256> symbols{};
  for (std::size_t i = 0; i < kKinds.size(); ++i) symbols[kKinds[i].number] = static_cast<std::uint8_t>(i + 1);
  return symbols;
}();

constexpr Code code_of(std::string_view layout) {
  Code code = 0;
  while (!layout.empty()) {
    const std::string_view name = layout.substr(0, layout.find(','));
    layout.remove_prefix(name.size() == layout.size() ? name.size() : name.size() + 1);
    Code symbol = 0;
    for (const Kind& kind : kKinds) {
      if (kind.name == name) symbol = kSymbols[kind.number];
    }
    if (symbol == 0) throw "an option that has no name";
    code = code << kBitsPerOption | symbol;
  }
  return code;
}

constexpr std::array<Code, kLayouts.size()> kCodes = [] {
  std::array<Code, kLayouts.size()> codes{};
  for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = code_of(kLayouts[i]);
  return codes;
}();

}  // namespace

std::uint8_t option_layout_of(std::span<const std::uint8_t> options) {
  Code code = 0;
  unsigned count = 0;
  bool listed = true;
  for (std::size_t at = 0; at < options.size();) {
    const std::uint8_t kind = options[at];
    const std::uint8_t symbol = kSymbols[kind];
    listed = listed && symbol != 0 && ++count <= kLongest;
    code = code << kBitsPerOption | symbol;
    if (kind == kEndOfList) break;
    if (kind == kNop) {
      ++at;
      continue;
    }
    if (at + 1 >= options.size() || options[at + 1] < 2 || options[at + 1] > options.size() - at) {
      return option_layout::kCutOffOrMalformed;
    }
    at += options[at + 1];
  }
  for (std::size_t layout = 1; listed && layout < kCodes.size(); ++layout) {
    if (kCodes[layout] == code) return static_cast<std::uint8_t>(layout);
  }
  return option_layout::kAnother;
}

std::string_view option_layout_name(std::uint8_t layout) {
  if (layout == option_layout::kNone) return "none";
  if (layout < kLayouts.size()) return kLayouts[layout];
  if (layout == option_layout::kCutOffOrMalformed) return "cut off or malformed";
  return layout == option_layout::kAnother ? "another" : "";
}

}  // namespace nightjar
