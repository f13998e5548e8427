#pragma once
#include <gtest/gtest.h>

#include <memory>

#include "reflector/ask.hpp"
#include "reflector/reflector.hpp"

namespace nightjar::reflector::test {

inline const ByteVector kMonlist = hex("1700032a 00000000");

/// A reflector whose services all answer, at 198.41.0.4, and the time that its clocks show.
class ReflectorTest : public testing::Test {
 protected:
  ReflectorTest() { start(emulating()); }

  static ReflectorConfig emulating() {
    ReflectorConfig config;
    config.contact = "noc@example.net";
    for (const OfferedService& service : offered_services()) config.modes[static_cast<std::size_t>(service.service)] = Mode::emulated;
    config.never.own_sensors = {*parse_prefix("104.31.0.0/16")};
    config.never.opted_out = {*parse_prefix("104.30.0.0/16")};
    return config;
  }
  void start(ReflectorConfig config) { reflector_ = std::make_unique<Reflector>(std::move(config), 0); }
  Reflector& reflector() { return *reflector_; }

  /// Points into `bytes`.
  Datagram datagram(const Address& source, std::uint16_t port, const ByteVector& bytes, std::uint16_t source_port = 40'000) const {
    Datagram datagram;
    datagram.source = source;
    datagram.destination = address("198.41.0.4");
    datagram.source_port = source_port;
    datagram.destination_port = port;
    datagram.payload = bytes;
    datagram.monotonic_ns = at_;
    datagram.utc_ns = kNow + at_;
    return datagram;
  }
  Datagram datagram(std::string_view source, std::uint16_t port, const ByteVector& bytes) const {
    return datagram(address(source), port, bytes);
  }

  Decision send(const Address& source, std::uint16_t port, const ByteVector& bytes, std::uint16_t source_port = 40'000) {
    return reflector_->handle(datagram(source, port, bytes, source_port), replies_);
  }
  Decision send(std::string_view source, std::uint16_t port, const ByteVector& bytes, std::uint16_t source_port = 40'000) {
    return send(address(source), port, bytes, source_port);
  }

  std::unique_ptr<Reflector> reflector_;
  ReplyPackets replies_;
  std::int64_t at_ = 0;  ///< nanoseconds since the start, of both clocks
};

}  // namespace nightjar::reflector::test
