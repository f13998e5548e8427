// Game servers: the queries of Quake III and of the Source engine, both behind four bytes ff.
#include <array>
#include <cstddef>

#include "payload/request_parsers.hpp"

namespace nightjar::requests {
namespace {

constexpr std::size_t kPrefix = 4;

bool has_prefix(Bytes bytes) {
  return bytes.size() > kPrefix && bytes[0] == 0xff && bytes[1] == 0xff && bytes[2] == 0xff && bytes[3] == 0xff;
}

struct Command {
  std::string_view word;
  std::uint8_t kind;
};

constexpr std::array kCommands = {Command{"getstatus", quake_kind::get_status}, Command{"status", quake_kind::get_status},
                                  Command{"getinfo", quake_kind::get_info},     Command{"getservers", quake_kind::get_servers},
                                  Command{"getchallenge", quake_kind::command}, Command{"rcon", quake_kind::command},
                                  Command{"connect", quake_kind::command}};

/// The kind of what follows the prefix; 0 for nothing that is known.
std::uint8_t kind_of(std::string_view text) {
  if (text.starts_with("TSource Engine Query")) return quake_kind::source_info;
  using namespace std::string_view_literals;
  const std::string_view start = text.substr(0, 16);
  const std::string_view word = start.substr(0, start.find_first_of(" \n\r\t\0\\"sv));
  for (const Command& command : kCommands) {
    if (word == command.word) return command.kind;
  }
  // Players, rules, challenge; 5 bytes with the challenge's number behind the letter, or without.
  const bool letter = !text.empty() && (text[0] == 'U' || text[0] == 'V' || text[0] == 'W');
  return letter && (text.size() == 1 || text.size() == 5) ? std::uint8_t{quake_kind::source_query} : std::uint8_t{0};
}

}  // namespace

void read_quake(Bytes bytes, UdpRequest& request) {
  if (!has_prefix(bytes)) return;
  if (const std::uint8_t kind = kind_of(text_of(bytes.subspan(kPrefix))); kind != 0) mark(request, kind);
}

bool is_quake(Bytes bytes) { return has_prefix(bytes) && kind_of(text_of(bytes.subspan(kPrefix))) != 0; }

}  // namespace nightjar::requests
