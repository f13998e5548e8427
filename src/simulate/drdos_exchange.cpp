#include "simulate/drdos_exchange.hpp"

#include "net/packet.hpp"
#include "simulate/drdos_bytes.hpp"

namespace nightjar::simulate {

DrdosPacket request_packet(std::int64_t time_ns, std::uint32_t source, std::uint8_t pot, DrdosService service, DrdosKind kind) {
  DrdosPacket packet;
  packet.knock.time_ns = time_ns;
  packet.knock.from = {4, source, 0};
  packet.knock.to = {4, kReflectorsFirst + 1 + std::uint64_t{pot}, 0};
  packet.knock.protocol = protocol::kUdp;
  packet.knock.dst_port = port_of(service);
  packet.knock.traffic_class = TrafficClass::request;
  packet.knock.filed_port = port_of(service);
  packet.pot = pot;
  packet.service = service;
  packet.kind = kind;
  return packet;
}

bool give_answer(const DrdosPacket& request, std::uint64_t number, const DrdosSink& sink) {
  constexpr std::uint32_t kFastest = 180, kSlower = 700;  // microseconds
  if (!may_answer_to(request.knock.src_port)) return false;
  DrdosPacket answer = request;
  Knock& knock = answer.knock;
  knock.time_ns += 1000 * static_cast<std::int64_t>(kFastest + (number >> 32) % kSlower);
  DrdosPayload payload;
  const std::size_t size =
      write_answer(request.service, request.knock.payload, static_cast<std::uint32_t>(request.knock.to.high), knock.time_ns, payload);
  if (size == 0) return false;
  std::swap(knock.from, knock.to);
  std::swap(knock.src_port, knock.dst_port);
  knock.ttl = 64;
  knock.ip_id = static_cast<std::uint16_t>(number);
  knock.dont_fragment = true;
  knock.payload = {payload.data(), size};
  knock.traffic_class = TrafficClass::backscatter;
  knock.filed_port = knock.src_port;
  answer.kind = DrdosKind::answer;
  sink(answer);
  return true;
}

}  // namespace nightjar::simulate
