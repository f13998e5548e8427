#pragma once
#include "simulate/drdos.hpp"

namespace nightjar::simulate {

/// The pots' budget of answers: so many to one address an hour, all pots and services together, and to one /24.
inline constexpr int kAnswersAnHour = 3, kAnswersAnHourToNetwork = 10;

/// A request without its ports' source, TTL and payload.
DrdosPacket request_packet(std::int64_t time_ns, std::uint32_t source, std::uint8_t pot, DrdosService service, DrdosKind kind);

/// Gives the pot's answer to a request, some hundred microseconds later as `number` decides; false: it gives none.
bool give_answer(const DrdosPacket& request, std::uint64_t number, const DrdosSink& sink);

}  // namespace nightjar::simulate
