// memcached's protocol.txt over UDP. Nothing is ever stored: what is set is acknowledged, what is asked for is not there (rule 8).
#include <array>
#include <type_traits>

#include "payload/request_kinds.hpp"
#include "reflector/service.hpp"

namespace nightjar::reflector {
namespace {

constexpr std::size_t kFrame = 8;

struct Statistic {
  std::string_view name, value;
};
/// Of a server that was started and never used, version 1.5.6; uptime and time stand before them.
constexpr std::array kStatistics = {Statistic{"version", "1.5.6 Ubuntu"},
                                    Statistic{"libevent", "2.1.8-stable"},
                                    Statistic{"pointer_size", "64"},
                                    Statistic{"rusage_user", "1.304112"},
                                    Statistic{"rusage_system", "2.211370"},
                                    Statistic{"max_connections", "1024"},
                                    Statistic{"curr_connections", "1"},
                                    Statistic{"total_connections", "3"},
                                    Statistic{"rejected_connections", "0"},
                                    Statistic{"connection_structures", "2"},
                                    Statistic{"reserved_fds", "20"},
                                    Statistic{"cmd_get", "0"},
                                    Statistic{"cmd_set", "0"},
                                    Statistic{"cmd_flush", "0"},
                                    Statistic{"cmd_touch", "0"},
                                    Statistic{"get_hits", "0"},
                                    Statistic{"get_misses", "0"},
                                    Statistic{"get_expired", "0"},
                                    Statistic{"get_flushed", "0"},
                                    Statistic{"delete_misses", "0"},
                                    Statistic{"delete_hits", "0"},
                                    Statistic{"incr_misses", "0"},
                                    Statistic{"incr_hits", "0"},
                                    Statistic{"decr_misses", "0"},
                                    Statistic{"decr_hits", "0"},
                                    Statistic{"cas_misses", "0"},
                                    Statistic{"cas_hits", "0"},
                                    Statistic{"cas_badval", "0"},
                                    Statistic{"touch_hits", "0"},
                                    Statistic{"touch_misses", "0"},
                                    Statistic{"auth_cmds", "0"},
                                    Statistic{"auth_errors", "0"},
                                    Statistic{"bytes_read", "18"},
                                    Statistic{"bytes_written", "1028"},
                                    Statistic{"limit_maxbytes", "67108864"},
                                    Statistic{"accepting_conns", "1"},
                                    Statistic{"listen_disabled_num", "0"},
                                    Statistic{"threads", "4"},
                                    Statistic{"conn_yields", "0"},
                                    Statistic{"bytes", "0"},
                                    Statistic{"curr_items", "0"},
                                    Statistic{"total_items", "0"},
                                    Statistic{"evictions", "0"},
                                    Statistic{"reclaimed", "0"}};

void write_statistics(const Asked& asked, PacketWriter& packet) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const auto line = [&](std::string_view name, auto value) {
    packet.text("STAT ");
    packet.text(name);
    packet.u8(' ');
    if constexpr (std::is_integral_v<decltype(value)>) {
      packet.decimal(value);
    } else {
      packet.text(value);
    }
    packet.text("\r\n");
  };
  const std::int64_t uptime = (asked.utc_ns - asked.persona.started_utc_ns) / kSecond;
  line("pid", std::uint64_t{612});
  line("uptime", static_cast<std::uint64_t>(uptime > 0 ? uptime : 0));
  line("time", static_cast<std::uint64_t>(asked.utc_ns / kSecond));
  for (const Statistic& statistic : kStatistics) line(statistic.name, statistic.value);
  packet.text("END\r\n");
}

/// A command's "noreply" stands at the end of its first line.
bool wants_no_reply(std::span<const std::uint8_t> payload) {
  constexpr std::size_t kMostLine = 2'048;
  std::string_view line(reinterpret_cast<const char*>(payload.data()), payload.size());
  line = line.substr(0, kMostLine);
  line = line.substr(0, line.find_first_of("\r\n"));
  return line.ends_with(" noreply");
}

}  // namespace

void reply_memcached(const Asked& asked, ReplyPackets& replies) {
  if (!asked.is(memcached_kind::framed) || asked.payload.size() < kFrame) return;  // servers do not answer without the frame
  if (asked.is(memcached_kind::binary)) return;
  if (wants_no_reply(asked.payload.subspan(kFrame))) return;
  PacketWriter packet = replies.open();
  packet.bytes(asked.payload.first(2));  // the request's number
  packet.be16(0);                        // datagram 0
  packet.be16(1);                        // of 1
  packet.be16(0);
  if (asked.is(memcached_kind::stats)) {
    write_statistics(asked, packet);
  } else if (asked.is(memcached_kind::stats_of) || asked.is(memcached_kind::get)) {
    packet.text("END\r\n");
  } else if (asked.is(memcached_kind::store)) {
    packet.text("STORED\r\n");
  } else if (asked.is(memcached_kind::version)) {
    packet.text("VERSION 1.5.6\r\n");
  } else if (asked.is(memcached_kind::flush)) {
    packet.text("OK\r\n");
  } else {
    packet.text("NOT_FOUND\r\n");
  }
  replies.close(packet);
}

}  // namespace nightjar::reflector
