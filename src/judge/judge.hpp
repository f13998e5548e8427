#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "exposure/exposure.hpp"
#include "exposure/usual.hpp"
#include "incident/rules.hpp"
#include "judge/port_series.hpp"
#include "judge/wave.hpp"

namespace nightjar {

/// A row of `port_days`.
struct PortDay {
  std::uint8_t protocol = 0;
  std::uint16_t port = 0;
  bool whole = false;  ///< the port as a whole; else one cell of it
  Cell cell;
  CellDay day;
};

/// Finds waves: day after day, from what is known up to that day only, so that a span judged in pieces gives the same waves as judged in
/// one go. What is usual is the level of days that lie in no wave of the same population; a wave that stays for `new_usual_days` becomes
/// usual itself. The rules are in docs/definitions.md, "Incidents".
class Judge {
 public:
  /// `exposures` and `packets` (of all ports, by day) must cover the days that are judged and those before; both outlive the judge.
  Judge(const Rules& rules, const std::map<std::int64_t, Exposure>& exposures, const std::map<std::int64_t, double>& packets)
      : rules_(rules), exposures_(exposures), packets_(packets) {}

  /// Takes in a day's rows, which come by protocol and port. `judged`: false for days that only make the history. Days come in order.
  void day(std::int64_t day, const std::vector<PortDay>& rows, bool judged);

  const std::vector<Wave>& waves() const { return waves_; }
  /// Goes on from waves that were found before; their days must be older than what comes.
  void resume(std::vector<Wave> waves);

 private:
  struct Port {
    PortSeries series;
    std::vector<std::size_t> waves;  ///< indices into waves_, of this port
  };
  using PortKey = std::pair<std::uint8_t, std::uint16_t>;

  /// What a population counts on the day that is judged, against its usual.
  struct Level {
    CellDay now;
    Usual usual;
    double observed = 0, score = 0;
    std::vector<std::int64_t> usual_days;
    double excess() const { return observed > usual.level ? observed - usual.level : 0; }
  };

  void judge_port(const PortKey& key, Port& port);
  /// Adds today to the wave's days.
  void measure(const Port& port, Wave& wave);
  /// Judges by it whether the wave peaks, rises again, or is over.
  void settle(const Port& port, Wave& wave);
  void note_surge(Wave& wave) const;
  /// Of a wave that rises over its usual level: whether that is news, and not the level of a surge that is not usual yet.
  bool surges(const Wave& wave) const;
  void look_for_hosts(const PortKey& key, Port& port);
  void look_for_packets(const PortKey& key, Port& port);
  /// What of a risen population no open wave of the port accounts for; nothing if that is no rise.
  bool residual_rises(const Port& port, const PortPopulation& risen, Level& residual) const;
  /// Whether waves that go on already account for most of what this population sends.
  bool known_hosts(const Port& port, const PortPopulation& risen) const;
  /// Whether a rise of the whole port is that of a wave that goes on.
  bool is_of_a_wave(const Port& port, const Level& level) const;
  /// Whether a wave of some countries has come to the population, which is of all.
  bool spreads(const Wave& wave, const PortPopulation& population) const;
  /// Takes the risen population into the wave of the port that it is a part of; false where there is none.
  bool joins(Port& port, const PortPopulation& population);
  bool is_newcomer(const Wave& wave, const PortPopulation& population, const std::vector<CellDay>& days, const Level& level) const;
  /// `against`: the level of a newcomer inside another wave's population.
  void take_in(const Port& port, Wave& wave, const PortPopulation& population, const Level* against = nullptr);
  /// Countries that rise inside the population of a new wave that has no list of countries, beyond their part in it: a wave of their own.
  void look_for_newcomers(const PortKey& key, Port& port);
  bool others_grow(const Wave& wave, const std::vector<CellDay>& days, double usual_rate) const;
  /// The level of such a country, if it is a rise; it counts the wave's part as usual.
  std::optional<Level> newcomer_in(const Port& port, const Wave& wave, const PortPopulation& population) const;
  Usual usual_within(const Wave& wave, const std::vector<CellDay>& days, double usual_rate, double now) const;
  /// Takes it into a wave that began inside that of `within` (an index) before, and that it is a part of; false where there is none.
  bool joins_newcomer(Port& port, std::size_t within, const PortPopulation& population, const Level& level);
  /// Whether a cell of the wave is that of a wave that began later.
  bool of_newer(const Port& port, const Wave& wave, const Cell& cell) const;
  /// The first of the days up to today on which the population had begun to rise; these are taken away from the end of `usual`.
  std::int64_t onset_of(const std::vector<CellDay>& days, Metric metric, double usual_rate, double dispersion,
                        std::vector<std::int64_t>& usual) const;
  void begin(const PortKey& key, Port& port, const PortPopulation& population, Metric metric, const Level* against = nullptr);
  void join_ports();
  /// Whether packets that rose at a port are of a campaign that asks another one: mostly of countries and tools that are in it.
  bool of_campaign(const Wave& packets, const Wave& campaign) const;

  /// `part_of`: a wave of which the days count as usual all the same.
  std::vector<std::int64_t> usual_days(const Port& port, const PortPopulation& population, const Wave* part_of) const;
  Level level_of(const Port& port, const PortPopulation& population, Metric metric, bool without_waves,
                 const Wave* part_of = nullptr) const;
  /// What the population counts today, of its days and these usual ones.
  Level level_against(const std::vector<CellDay>& days, Metric metric, std::vector<std::int64_t> usual_days) const;
  bool rises(const Level& level, Metric metric) const;
  /// Whether what rises above the usual is what a wave left that is closed: no rise above the days since that ended.
  bool is_left_of_a_wave(const Port& port, const PortPopulation& population, Metric metric) const;
  bool claimed(const Port& port, const Cell& cell) const;
  std::vector<CellDay> days_without_waves(const Port& port, const PortPopulation& population) const;
  /// The tool and the countries that carry what rose; `risen` itself where none do.
  PortPopulation narrowed(const Port& port, const PortPopulation& risen, const Level& level, Metric metric) const;
  /// Whom an incident of what rose is about: the narrowed population if that is a rise by itself, `risen` if little of the rise is in it.
  /// Nothing if it holds the rise and is none: what is told of must be a rise.
  std::optional<PortPopulation> told_of(const Port& port, const PortPopulation& risen, const Level& level, Metric metric) const;
  double exposure(std::int64_t day) const;
  bool nearly_whole(std::int64_t day) const;

  const Rules& rules_;
  const std::map<std::int64_t, Exposure>& exposures_;
  const std::map<std::int64_t, double>& packets_;
  std::map<PortKey, Port> ports_;
  std::vector<Wave> waves_;
  std::vector<std::size_t> begun_;  ///< today
  std::int64_t today_ = 0;
  std::size_t groups_ = 0;
};

}  // namespace nightjar
