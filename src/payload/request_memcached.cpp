// memcached's protocol.txt: commands as lines of text, over UDP behind a frame of 8 bytes (request id, sequence number, number of
// datagrams, reserved).
#include <array>
#include <cstddef>

#include "payload/request_parsers.hpp"

namespace nightjar::requests {
namespace {

constexpr std::size_t kFrame = 8;

/// Number of the datagram 0, of 1, reserved 0; the id is any.
bool has_frame(Bytes bytes) {
  return bytes.size() >= kFrame && bytes[2] == 0 && bytes[3] == 0 && bytes[4] == 0 && bytes[5] == 1 && bytes[6] == 0 && bytes[7] == 0;
}

struct Command {
  std::string_view word;
  std::uint8_t kind;
};

constexpr std::array kCommands = {
    Command{"stats", memcached_kind::stats},     Command{"get", memcached_kind::get},        Command{"gets", memcached_kind::get},
    Command{"gat", memcached_kind::get},         Command{"gats", memcached_kind::get},       Command{"set", memcached_kind::store},
    Command{"add", memcached_kind::store},       Command{"replace", memcached_kind::store},  Command{"append", memcached_kind::store},
    Command{"prepend", memcached_kind::store},   Command{"cas", memcached_kind::store},      Command{"version", memcached_kind::version},
    Command{"flush_all", memcached_kind::flush}, Command{"delete", memcached_kind::command}, Command{"incr", memcached_kind::command},
    Command{"decr", memcached_kind::command},    Command{"touch", memcached_kind::command},  Command{"verbosity", memcached_kind::command},
    Command{"quit", memcached_kind::command}};

const Command* find_command(std::string_view word) {
  for (const Command& command : kCommands) {
    if (command.word == word) return &command;
  }
  return nullptr;
}

/// The first line without its end; without the blanks behind it.
std::string_view first_line(Bytes bytes) {
  constexpr std::size_t kMostLine = 2048;
  std::string_view line = text_of(bytes).substr(0, kMostLine);
  line = line.substr(0, line.find_first_of("\r\n"));
  while (line.ends_with(' ')) line.remove_suffix(1);
  return line;
}

std::string_view first_word(std::string_view line) { return line.substr(0, line.find(' ')); }

/// Of commands that store, the data and its numbers do not matter: "set KEY".
std::string_view asked(std::string_view line, std::uint8_t kind) {
  if (kind != memcached_kind::store) return line;
  const std::size_t key = line.find(' ');
  return key == std::string_view::npos ? line : line.substr(0, line.find(' ', key + 1));
}

}  // namespace

void read_memcached(Bytes bytes, UdpRequest& request) {
  constexpr std::uint8_t kBinaryRequest = 0x80;
  constexpr std::size_t kBinaryHeader = 24;
  const bool framed = has_frame(bytes);
  const Bytes command_bytes = framed ? bytes.subspan(kFrame) : bytes;
  const auto form = framed ? memcached_kind::framed : memcached_kind::bare;
  if (command_bytes.size() >= kBinaryHeader && command_bytes[0] == kBinaryRequest) {
    mark(request, memcached_kind::binary);
    return mark(request, form);
  }
  const std::string_view line = first_line(command_bytes);
  const Command* command = find_command(first_word(line));
  if (command == nullptr) return;
  const bool of_something = command->kind == memcached_kind::stats && line.size() > command->word.size();
  mark(request, of_something ? std::uint8_t{memcached_kind::stats_of} : command->kind);
  mark(request, form);
  if (!framed) request.reply_bytes = 0;  // a server takes the first 8 bytes for the frame
  for (const char c : asked(line, command->kind)) request.query.add(static_cast<std::uint8_t>(c));
}

bool is_memcached(Bytes bytes) {
  return has_frame(bytes) && bytes.size() > kFrame && find_command(first_word(first_line(bytes.subspan(kFrame)))) != nullptr;
}

}  // namespace nightjar::requests
