#pragma once
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

extern char** environ;

namespace nightjar::test {

/// How a run of the program ended.
struct Ended {
  int status = -1;  ///< exit status, or -1 if a signal ended it
  int signal = 0;
};

/// The program under test as a process of its own. Killed if it still runs when the object dies.
class Program {
 public:
  /// `settings` ("NAME=value") come on top of this process's environment; output goes to files.
  Program(const std::string& binary, const std::vector<std::string>& arguments, const std::vector<std::string>& settings = {},
          const std::string& standard_output = "/dev/null", const std::string& standard_error = "/dev/null") {
    std::vector<std::string> words{binary};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<std::string> environment = settings;
    for (char** entry = environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, standard_output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    posix_spawn_file_actions_addopen(&actions, 2, standard_error.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (::posix_spawn(&process_, binary.c_str(), &actions, nullptr, pointers(words).data(), pointers(environment).data()) != 0)
      process_ = -1;
    posix_spawn_file_actions_destroy(&actions);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() {
    if (process_ > 0) {
      kill();
      wait();
    }
  }

  void kill(int signal = SIGKILL) const {
    if (process_ > 0) ::kill(process_, signal);
  }
  Ended wait() {
    int status = 0;
    if (process_ <= 0 || ::waitpid(process_, &status, 0) != process_) return {};
    process_ = -1;
    return WIFEXITED(status) ? Ended{WEXITSTATUS(status), 0} : Ended{-1, WTERMSIG(status)};
  }

 private:
  static std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> list;
    for (std::string& word : words) list.push_back(word.data());
    list.push_back(nullptr);
    return list;
  }
  pid_t process_ = -1;
};

inline std::string content_of(const std::string& file) {
  std::ostringstream content;
  content << std::ifstream(file, std::ios::binary).rdbuf();
  return content.str();
}

}  // namespace nightjar::test
