#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "aggregate/backscatter_table.hpp"
#include "aggregate/datagram_table.hpp"
#include "aggregate/flow_table.hpp"
#include "aggregate/minute_table.hpp"
#include "aggregate/request_table.hpp"
#include "aggregate/sensor_day_table.hpp"
#include "capture/reader.hpp"
#include "decode/decode.hpp"
#include "ingest/honeypot_door.hpp"
#include "sensor/learned_pot.hpp"
#include "sensor/sensors.hpp"

namespace nightjar {

/// Takes packets through decode, fingerprint and aggregate. Each worker has its own tables and shares nothing but the layout of
/// buckets; one thread at a time.
class Worker {
 public:
  /// `sensors` and `layout` must outlive the worker.
  Worker(const std::vector<Sensor>& sensors, const DecodeOptions& options, SharedLayout& layout);

  void work(const PacketBlock& block);
  /// The same for a sensor of which the order of packets matters (a honeypot, or one that learns its own addresses): to be called for its
  /// blocks in their order, by one worker only. `pot` knows the addresses where nobody wrote them down, else null.
  void work_in_order(const PacketBlock& block, LearnedPot* pot);
  /// Shows packets that are in the lake already to the pot and to the honeypot's conversations; nothing of them is counted.
  void teach(const PacketBlock& block, LearnedPot* pot);

  /// Forgets its places in the tables other than flows, when those have been emptied.
  void forget_places() {
    places_ = std::vector<Place>(sensors_.size());
    rest_bytes_ = 0;
  }

  /// Memory held by the tables, in bytes; may be asked from other threads.
  std::uint64_t flow_bytes() const { return flow_bytes_.load(std::memory_order_relaxed); }
  std::uint64_t rest_bytes() const { return rest_bytes_.load(std::memory_order_relaxed); }

  std::unique_ptr<FlowTable> flows;
  MinuteTable minutes;
  BackscatterTable backscatter;
  SensorDayTable sensor_days;
  RequestTable requests;
  DatagramTable datagrams;
  std::unique_ptr<HoneypotDoor> door;  ///< of the worker that takes honeypots, else null

 private:
  void take_all(const PacketBlock& block, LearnedPot* pot);
  void take(const RawPacket& raw, LearnedPot* pot);
  /// What honeypots and reflectors do with a packet besides counting it. `known`: it is in the lake already.
  void take_at_pot(const RawPacket& raw, SensorKind kind, Direction direction, bool known);
  /// Whether the UDP packet at hand may be a request to a reflector (RequestTable leaves out what is an answer by its bytes).
  bool asks(const Sensor& reflector, std::span<const std::uint8_t> payload) const;
  /// What the worker knows of a sensor on the day it saw last.
  struct Place {
    std::int64_t day = 0;
    std::unique_ptr<DayView> view;
    SensorDayRow* ledger = nullptr;
    SensorKind kind = SensorKind::darknet;
  };
  Place& place_of(std::int64_t day, std::uint16_t sensor);

  const std::vector<Sensor>& sensors_;
  DecodeOptions options_;
  std::vector<Place> places_;  ///< by sensor
  Packet packet_;              ///< the one at hand: decode sets every field anew
  std::atomic<std::uint64_t> flow_bytes_{0};
  std::atomic<std::uint64_t> rest_bytes_{0};
};

}  // namespace nightjar
