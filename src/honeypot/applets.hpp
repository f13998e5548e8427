#pragma once
#include <string_view>

#include "honeypot/pretended_shell.hpp"

namespace nightjar {

/// The programs of the pretended shell, one function each.
class Applets {
 public:
  /// Exit status.
  using Run = int (*)(PretendedShell&, const PretendedShell::Call&);
  struct Applet {
    std::string_view name;
    Run run;
    bool in_busybox;  ///< `busybox NAME` knows it; the others belong to the shell
  };
  /// nullptr: there is none of that name.
  static const Applet* find(std::string_view name);

 private:
  using Shell = PretendedShell;
  using Call = PretendedShell::Call;
  static int nothing(Shell&, const Call&);
  static int fails(Shell&, const Call&);
  static int cat(Shell&, const Call&);
  static int change_folder(Shell&, const Call&);
  static int copy(Shell&, const Call&);
  static int remove(Shell&, const Call&);
  static int touch(Shell&, const Call&);
  static int echo(Shell&, const Call&);
  static int dd(Shell&, const Call&);
  static int grep(Shell&, const Call&);
  static int ps(Shell&, const Call&);
  static int wget(Shell&, const Call&);
  static int tftp(Shell&, const Call&);
  static int uname(Shell&, const Call&);
  static int id(Shell&, const Call&);
  static int whoami(Shell&, const Call&);
  static int pwd(Shell&, const Call&);
  static int hostname(Shell&, const Call&);
  static int uptime(Shell&, const Call&);
  static int free(Shell&, const Call&);
  static int nproc(Shell&, const Call&);
  static int list_files(Shell&, const Call&);
  static int get_property(Shell&, const Call&);
  static int mount(Shell&, const Call&);
  static int leave(Shell&, const Call&);
};

}  // namespace nightjar
