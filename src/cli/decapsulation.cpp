#include "cli/decapsulation.hpp"

namespace nightjar::cli {

Result<DecodeOptions> parse_decapsulation(const std::vector<std::string>& tunnels) {
  DecodeOptions options;
  for (const std::string& tunnel : tunnels) {
    if (tunnel == "gre")
      options.gre = true;
    else if (tunnel == "ipip")
      options.ipip = true;
    else if (tunnel == "vxlan")
      options.vxlan = true;
    else if (tunnel == "erspan")
      options.erspan = true;
    else
      return Error{"there is no tunnel \"" + tunnel + "\" to look into; possible are gre, ipip, vxlan and erspan"};
  }
  return options;
}

}  // namespace nightjar::cli
