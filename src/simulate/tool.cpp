#include "simulate/tool.hpp"

#include <algorithm>
#include <vector>

namespace nightjar::simulate {

std::span<const Tool> tools() {
  static const std::vector<Tool> kTools = [] {
    std::vector<Tool> all;
    for (const std::span<const Tool> sort :
         {bot_tools(), scanner_tools(), tcp_backscatter_tools(), icmp_tools(), udp_request_tools(), udp_answer_tools(), odd_tools()}) {
      all.insert(all.end(), sort.begin(), sort.end());
    }
    return all;
  }();
  return kTools;
}

const Tool* find_tool(std::string_view name) {
  const std::span<const Tool> all = tools();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Tool& tool) { return tool.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace nightjar::simulate
