#include <array>

#include "incident/rules.hpp"

namespace nightjar {
namespace {

constexpr bool kFraction = false;
constexpr std::string_view kDays = "days", kTimes = "times the usual", kDeviations = "standard deviations", kShare = "share, 0 to 1";

constexpr std::array kRules = {
    // What is usual.
    Rule{"baseline_days", &Rules::baseline_days, kDays, 7, 30, "A day is compared with up to so many days before it.",
         "Four weeks hold every weekday four times, so that a weekly rhythm is no rise; longer, a slow growth would look like one."},
    Rule{"shortest_baseline_days", &Rules::shortest_baseline_days, kDays, 1, 28,
         "With fewer days to compare with nothing is called a rise.",
         "One day tells a level, not how much it moves: the range is wider while few are known, so that what doubles is no rise yet. Who "
         "waits for two takes a rise of the second day for usual."},
    Rule{"new_usual_days", &Rules::new_usual_days, kDays, 2, 30, "A rise that stays so long is the new usual level.",
         "Two weeks, as in docs/definitions.md: a botnet that stays is told once, and the next wave on its port is seen above it."},
    Rule{"least_coverage", &Rules::least_coverage, kShare, 0, 1,
         "A day on which less of the addresses' time was watched is compared with nothing.",
         "Levels are scaled to what was watched; with half of it missing, the hours that are left are not a day's mixture.", kFraction},
    // What is a rise.
    Rule{"host_score", &Rules::host_score, kDeviations, 3, 100, "Hosts a day must lie so far above their usual range.",
         "A year of 3,000 ports is a million comparisons; beyond 7 deviations chance gives none of them, also where days scatter more "
         "than a count does.",
         kFraction},
    Rule{"host_ratio", &Rules::host_ratio, kTimes, 1, 100, "Hosts a day must be so many times the usual.",
         "On a busy port a few percent are many deviations and no news; the smallest wave of NICTER's report of 2017 is 1.8 times.",
         kFraction},
    Rule{"fewest_hosts", &Rules::fewest_hosts, "hosts a day", 1, 1e6, "A rise has at least so many hosts more than usual.",
         "Below, explanations by country or fingerprint have no ground: one host is an eighth of it."},
    Rule{"packet_score", &Rules::packet_score, kDeviations, 3, 100, "Packets a day must lie so far above their usual range.",
         "As for hosts; packets come in bursts, which widens their range first.", kFraction},
    Rule{"packet_ratio", &Rules::packet_ratio, kTimes, 1, 100, "Packets a day must be so many times the usual.",
         "A single fast scanner moves packets by half on many days; twice is what an operator would ask about.", kFraction},
    Rule{"fewest_packets", &Rules::fewest_packets, "packets a day", 1, 1e9, "A rise of packets has at least so many more than usual.",
         "One scanner that passes by leaves some dozens at a darknet of 256 addresses."},
    Rule{"packet_share", &Rules::packet_share, kShare, 0, 1, "A rise of packets is at least this share of all packets of the day.",
         "What moves the day's total by less than a two-thousandth is noise of a large darknet, however unusual for its port.", kFraction},
    Rule{"country_packet_share", &Rules::country_packet_share, kShare, 0, 1,
         "A rise of packets from one country is at least this share of the port's packets of the day.",
         "At a large darknet some fast scanner is the largest source of its small country every day; what is not a hundredth of its port "
         "is no "
         "news there.",
         kFraction},
    Rule{"total_score", &Rules::total_score, kDeviations, 3, 100, "Packets of all TCP or all UDP must lie so far above their usual range.",
         "As for one port.", kFraction},
    Rule{"total_ratio", &Rules::total_ratio, kTimes, 1, 100, "Packets of all TCP or all UDP must be so many times the usual.",
         "A total moves little: the flood of July 2017 made 600 million packets out of 400 million a day.", kFraction},
    Rule{"flood_score", &Rules::flood_score, kDeviations, 3, 100,
         "With attacks on one network that account for it, a total must lie so far above its usual range.",
         "The attacks were found by themselves, by their packets a minute: a total is not asked for on every day, only on theirs. A day is "
         "out "
         "of its range by chance at 4 deviations once in 30,000.",
         kFraction},
    Rule{"source_share", &Rules::source_share, kShare, 0.1, 1, "One address that carries this share of a rise is its cause.",
         "More than half: without it there would be no majority for anything else.", kFraction},
    Rule{"new_port_hosts", &Rules::new_port_hosts, kShare, 0, 1,
         "A port is new if its usual hosts a day are at most this share of those at its peak.",
         "Every port gets a stray packet now and then; one in fifty is what those are to a wave.", kFraction},
    Rule{"campaign_ports", &Rules::campaign_ports, "ports", 2, 1000, "A scan campaign asks at least so many ports, all hosts the same.",
         "Two ports of one service (23 and 2323, 80 and 8080) are asked together by half of all botnets; three are a choice."},
    Rule{"campaign_hosts", &Rules::campaign_hosts, "hosts", 2, 1e6, "A scan campaign has at most so many hosts.",
         "Operators of scanners rent up to some hundreds of addresses; more of them that ask the same ports are a botnet."},
    Rule{"over_share", &Rules::over_share, kShare, 0, 0.9, "An incident is over when this share of its rise, or less, is left.",
         "A tenth of the rise is inside the usual range of most ports.", kFraction},
    Rule{"over_days", &Rules::over_days, kDays, 1, 28, "It is over when so many days in a row say so.",
         "A wave that pauses for a day, or that one silent day hides, is not told twice."},
    // Victims, honeypots, reflectors.
    Rule{"attacks_score", &Rules::attacks_score, kDeviations, 3, 100,
         "DRDoS attacks a day on a country or network must lie so far above their usual range.", "As for hosts.", kFraction},
    Rule{"fewest_attacks", &Rules::fewest_attacks, "attacks a day", 1, 1e6, "A rise of them has at least so many more than usual.",
         "As for hosts: fewer say nothing of a network."},
    Rule{"payload_sessions", &Rules::payload_sessions, "conversations", 1, 1e6,
         "A new payload is told of once so many conversations brought it, within a day.",
         "One may be a researcher's try, or a transfer that broke; the third is a loop."},
    Rule{"payload_hosts", &Rules::payload_hosts, "hosts", 1, 1e6, "... and so many hosts.", "A second host makes it a tool in use."},
    Rule{"payload_days", &Rules::payload_days, kDays, 1, 58, "A payload is new if it was not seen for so long.",
         "The time of the baseline: what came back after four weeks is news again."},
    Rule{"dropper_days", &Rules::dropper_days, kDays, 0, 28,
         "A rise on another port from one or few sources is tied to an incident if it began at most so long before.",
         "In October 2017 the exploit of 52869/TCP and the infected hosts on 23/TCP came on the same days; a week leaves room for devices "
         "that begin to scan late."},
    // Sensors.
    Rule{"silence_minutes", &Rules::silence_minutes, "minutes", 5, 1440, "A sensor without a packet for so long was silent.",
         "A /28 gets a packet every few minutes; an hour without any does not happen by chance. Smaller sensors are given more."},
    Rule{"drops_share", &Rules::drops_share, kShare, 0, 1, "A day on which the kernel dropped more than this share is in trouble.",
         "A percent is below what any rise is judged by.", kFraction},
    Rule{"clock_steps", &Rules::clock_steps, "steps a day", 1, 1e6, "So many backward steps of a sensor's clock are trouble.",
         "A synchronised clock is slewed, never stepped, once it runs."},
    Rule{"size_share", &Rules::size_share, kShare, 0, 1, "A sensor whose addresses change by more than this share has another size.",
         "Levels are scaled to the size; below a twentieth nobody needs to be told.", kFraction},
};

}  // namespace

std::span<const Rule> rule_table() { return kRules; }

}  // namespace nightjar
