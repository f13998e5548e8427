#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "simulate/drdos.hpp"
#include "simulate/random.hpp"

namespace nightjar::simulate {

/// Room for the payload of a request or an answer: pots send at most 1232 bytes (the size that DNS operators agreed on in 2020, so that
/// nothing is fragmented).
inline constexpr std::size_t kLargestAnswer = 1232;
using DrdosPayload = std::array<std::uint8_t, kLargestAnswer>;

/// How the program behind an attack forms its requests through one service: the same for all pots. Booters send what their script
/// says, with fixed fields where a real client would draw random ones.
struct RequestHabit {
  DrdosService service = DrdosService::dns;
  std::uint8_t variant = 0;  ///< of the service's forms of requests
  std::uint8_t name = 0;     ///< DNS: which name it asks for
  bool random_dns_id = false;
  bool random_port = false;
  std::uint16_t port = 0;  ///< unless random
  std::uint16_t dns_id = 0;
};
/// Depends on nothing but the random numbers.
RequestHabit draw_habit(DrdosService service, Random& random);

/// Writes a request; the same `number` gives the same bytes. Returns their count.
std::size_t write_request(const RequestHabit& habit, std::uint64_t number, DrdosPayload& payload);

/// Whether all its requests have the same bytes.
bool always_the_same(const RequestHabit& habit);

/// The forms of requests that scanners use to find reflectors; `number` decides which.
std::size_t write_probe(DrdosService service, std::uint64_t number, DrdosPayload& payload);

/// What a pot answers to a request, from canned data alone; 0: nothing. `pot` is its address.
std::size_t write_answer(DrdosService service, std::span<const std::uint8_t> request, std::uint32_t pot, std::int64_t time_ns,
                         DrdosPayload& payload);

/// Seconds since 1900 and their 2^32nd parts, as NTP has them (RFC 5905).
std::uint64_t ntp_time(std::int64_t time_ns);

/// A source port that no loop between two servers is feared from (honeypots never answer to those of services).
bool may_answer_to(std::uint16_t source_port);

}  // namespace nightjar::simulate
