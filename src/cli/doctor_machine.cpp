#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include "cli/doctor_checks.hpp"
#include "machine/kernel_state.hpp"
#include "machine/privileges.hpp"

namespace nightjar::cli {
namespace {

using Level = Finding::Level;

void check_rights(const Examined& examined, Findings& findings) {
  const bool captures = examined.settings && !examined.settings->captures.empty();
  if (captures || !examined.settings) {
    if (has_right(Capability::net_raw)) {
      findings.push_back(
          {Level::ok, "rights", is_root() ? "started as root: interfaces can be opened" : "it may open interfaces (CAP_NET_RAW)", ""});
    } else {
      findings.push_back({Level::warn, "rights", "whoever started doctor may not open interfaces",
                          "start it as you start nightjar run: sudo, or sudo setcap cap_net_raw,cap_net_admin+ep on the program"});
    }
  }
  if (examined.settings && examined.settings->reflector && !has_right(Capability::net_bind_service)) {
    findings.push_back({Level::warn, "rights", "whoever started doctor may not listen at ports below 1024",
                        "start it as you start nightjar run: sudo, or sudo setcap cap_net_bind_service+ep on the program"});
  }
}

void check_user(const Examined& examined, Findings& findings) {
  const std::string name = examined.user();
  if (!name.empty()) {
    if (getpwnam(name.c_str()) == nullptr) {
      findings.push_back({Level::fail, "user", "there is no user " + name, "adduser --system --group --no-create-home " + name});
      return;
    }
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    const auto may = is_root() && !error ? as_user(name, [&] { return check_may_run(program); }) : Result<void>();
    if (may) {
      findings.push_back({Level::ok, "user", "it goes on as the user " + name + " once its sockets are open", ""});
    } else {
      findings.push_back({Level::fail, "user", may.error().sentence, "install the package, or copy the program to /usr/local/bin"});
    }
  } else if (is_root() && examined.answers()) {
    findings.push_back({Level::warn, "user", "what answers strangers goes on as root", "make a user and name it: [run] user"});
  }
}

void check_clock(Findings& findings) {
  const auto clock = clock_state();
  if (!clock) {
    findings.push_back({Level::warn, "clock", clock.error().sentence, "see that a time service runs"});
  } else if (clock->synchronised) {
    findings.push_back({Level::ok, "clock", fmt::format("the clock is synchronised, to {:.3f} s at worst", clock->error_s), ""});
  } else {
    findings.push_back({Level::warn, "clock", "the clock is not synchronised: times of packets will drift",
                        "timedatectl set-ntp true, or install chrony (a container takes its host's clock: look there)"});
  }
}

}  // namespace

void check_machine(const Examined& examined, Findings& findings) {
  check_rights(examined, findings);
  check_user(examined, findings);
  check_clock(findings);
}

}  // namespace nightjar::cli
