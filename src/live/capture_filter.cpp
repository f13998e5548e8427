#include "live/capture_filter.hpp"

#include <pcap/pcap.h>

#include <memory>
#include <regex>

namespace nightjar {
namespace {

struct ClosePcap {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};

bool speaks_of_vlan(const std::string& expression) {
  static const std::regex word("(^|[^A-Za-z0-9_])vlan([^A-Za-z0-9_]|$)");
  return std::regex_search(expression, word);
}

}  // namespace

Result<std::vector<FilterStep>> compile_filter(const std::string& expression, std::uint16_t link_type, std::uint32_t snap_length) {
  constexpr std::size_t kMostExpression = 64 * 1024;
  if (expression.size() > kMostExpression) return Error{"the filter expression has more than 65,536 characters"};
  if (speaks_of_vlan(expression)) {
    return Error{"the filter '" + expression +
                 "' asks for a VLAN tag, which the kernel takes out before it filters: leave it out, or capture the VLAN's own interface"};
  }
  // Files and libpcap number raw IP differently.
  constexpr std::uint16_t kRawInFiles = 101;
  const int dlt = link_type == kRawInFiles ? DLT_RAW : link_type;
  const std::unique_ptr<pcap_t, ClosePcap> handle(pcap_open_dead(dlt, static_cast<int>(snap_length)));
  if (handle == nullptr) return Error{"no memory for a packet filter"};
  bpf_program program{};
  if (pcap_compile(handle.get(), &program, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
    return Error{"the filter '" + expression + "' is not one: " + pcap_geterr(handle.get()) + " (its language: man pcap-filter)"};
  }
  std::vector<FilterStep> steps;
  for (unsigned i = 0; i < program.bf_len; ++i) {
    const bpf_insn& step = program.bf_insns[i];
    steps.push_back({step.code, step.jt, step.jf, step.k});
  }
  pcap_freecode(&program);
  return steps;
}

}  // namespace nightjar
