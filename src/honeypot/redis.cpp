// Redis without a password. Everything is said to have worked, nothing is kept, nobody is connected to: SLAVEOF, CONFIG SET and SAVE, with
// which intruders would write files of cron or keys of ssh, get their +OK.
#include <array>
#include <string>

#include "honeypot/dialogues.hpp"
#include "honeypot/resp_reader.hpp"
#include "payload/http_request.hpp"

namespace nightjar {
namespace {

constexpr int kMostCommands = 200;

/// What a command gets whatever its words.
struct Fixed {
  std::string_view command, answer;
};
constexpr auto kFixed = std::to_array<Fixed>({
    {"SET", "+OK\r\n"},
    {"SAVE", "+OK\r\n"},
    {"FLUSHALL", "+OK\r\n"},
    {"FLUSHDB", "+OK\r\n"},
    {"SELECT", "+OK\r\n"},
    {"SLAVEOF", "+OK\r\n"},
    {"REPLICAOF", "+OK\r\n"},
    {"MSET", "+OK\r\n"},
    {"CLIENT", "+OK\r\n"},
    {"RENAME", "+OK\r\n"},
    {"BGSAVE", "+Background saving started\r\n"},
    {"AUTH", "-ERR Client sent AUTH, but no password is set\r\n"},
    {"GET", "$-1\r\n"},
    {"KEYS", "*0\r\n"},
    {"SCAN", "*2\r\n$1\r\n0\r\n*0\r\n"},
    {"COMMAND", "*0\r\n"},
    {"DBSIZE", ":0\r\n"},
    {"DEL", ":0\r\n"},
    {"EXISTS", ":0\r\n"},
    {"TTL", ":-2\r\n"},
    {"TYPE", "+none\r\n"},
    {"LASTSAVE", ":1500000000\r\n"},
    {"MODULE", "-ERR Error loading the extension. Please check the server logs.\r\n"},
    {"SYSTEM.EXEC", "-ERR unknown command 'system.exec'\r\n"},
    {"EVAL", "$-1\r\n"},
    {"LPUSH", ":1\r\n"},
    {"RPUSH", ":1\r\n"},
    {"HELLO", "-ERR unknown command 'HELLO'\r\n"},
});

std::string bulk(std::string_view text) { return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n"; }

class RedisDialogue : public Dialogue {
 public:
  explicit RedisDialogue(const Opening& opening) : opening_(opening) {}

  void received(std::string_view bytes, Answer& answer) override {
    while (!answer.closed() && reader_.take(bytes)) {
      if (reader_.words().empty()) continue;
      if (++commands_ > kMostCommands) return answer.close();
      answer_command(answer);
    }
    if (!reader_.failed() || answer.closed()) return;
    answer.send("-ERR Protocol error: invalid multibulk length\r\n");
    answer.close();
  }

 private:
  std::string_view word(std::size_t i) const {
    return i < reader_.words().size() ? std::string_view(reader_.words()[i]) : std::string_view();
  }

  void answer_command(Answer& answer) const {
    const std::string_view command = word(0);
    const auto is = [&](std::string_view name) { return equal_in_any_case(command, name); };
    if (is("PING")) return answer.send(word(1).empty() ? "+PONG\r\n" : bulk(word(1)));
    if (is("ECHO")) return answer.send(bulk(word(1)));
    if (is("INFO")) return answer.send(bulk(info(answer.unix_seconds())));
    if (is("CONFIG")) return config(answer);
    if (is("QUIT")) {
      answer.send("+OK\r\n");
      return answer.close();
    }
    for (const Fixed& fixed : kFixed)
      if (is(fixed.command)) return answer.send(fixed.answer);
    std::string name;
    for (const char c : command.substr(0, 32)) name += c > ' ' && c < '\x7f' && c != '\'' ? c : '?';
    answer.send("-ERR unknown command '" + name + "'\r\n");
  }

  void config(Answer& answer) const {
    if (!equal_in_any_case(word(1), "GET")) return answer.send("+OK\r\n");
    struct Setting {
      std::string_view name, value;
    };
    constexpr Setting kSettings[] = {{"dir", "/var/lib/redis"}, {"dbfilename", "dump.rdb"}, {"requirepass", ""},
                                     {"maxmemory", "0"},        {"databases", "16"},        {"save", "900 1 300 10 60 10000"},
                                     {"protected-mode", "no"}};
    for (const Setting& setting : kSettings)
      if (equal_in_any_case(word(2), setting.name)) return answer.send("*2\r\n" + bulk(setting.name) + bulk(setting.value));
    answer.send("*0\r\n");
  }

  std::string info(std::int64_t unix_seconds) const {
    constexpr std::string_view kVersions[] = {"2.8.17", "3.0.6", "3.2.12", "4.0.9", "4.0.14", "5.0.7"};
    const Persona& persona = opening_.persona;
    const std::int64_t up = (unix_seconds + static_cast<std::int64_t>(persona.number("redis start") % 5'000'000)) % 5'000'000 + 60;
    const std::string memory = std::to_string(700'000 + persona.number("redis memory") % 300'000);
    return "# Server\r\nredis_version:" + std::string(persona.pick("redis version", kVersions)) +
           "\r\nredis_git_sha1:00000000\r\nredis_git_dirty:0\r\nredis_build_id:" + persona.hex("redis build", 16) +
           "\r\nredis_mode:standalone\r\nos:Linux 4.15.0-" + std::to_string(20 + persona.number("redis kernel") % 150) +
           "-generic x86_64\r\narch_bits:64\r\nmultiplexing_api:epoll\r\nprocess_id:" +
           std::to_string(600 + persona.number("redis process") % 900) + "\r\nrun_id:" + persona.hex("redis run", 40) +
           "\r\ntcp_port:" + std::to_string(opening_.port) + "\r\nuptime_in_seconds:" + std::to_string(up) +
           "\r\nuptime_in_days:" + std::to_string(up / 86'400) +
           "\r\nconfig_file:/etc/redis/redis.conf\r\n\r\n# Clients\r\nconnected_clients:1\r\nblocked_clients:0\r\n\r\n"
           "# Memory\r\nused_memory:" +
           memory + "\r\nmaxmemory:0\r\n\r\n# Replication\r\nrole:master\r\nconnected_slaves:0\r\n\r\n# Keyspace\r\n";
  }

  Opening opening_;
  RespReader reader_;
  int commands_ = 0;
};

}  // namespace

std::unique_ptr<Dialogue> make_redis(const Opening& opening) { return std::make_unique<RedisDialogue>(opening); }

}  // namespace nightjar
