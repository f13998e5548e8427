#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "simulate/knock.hpp"

namespace nightjar::simulate {

/// The longest payload of a knock, in bytes: of UDP in Ethernet's 1,500.
inline constexpr std::size_t kLargestPayload = 1472;
/// Bytes that a record takes at most: its header, Ethernet, IPv6, TCP with all options, payload.
inline constexpr std::size_t kLargestRecord = 16 + 14 + 40 + 60 + kLargestPayload;
/// Ethernet's smallest frame without its checksum; shorter ones are padded with zeros.
inline constexpr std::size_t kSmallestFrame = 60;

/// What a pcap file begins with (tcpdump.org/manpages/pcap-savefile.5.html): microseconds, version 2.4, snapshot length 65,535, Ethernet.
/// In this machine's byte order, like the records.
inline constexpr std::array<std::uint32_t, 6> kPcapHeader = {0xa1b2c3d4, 4U << 16 | 2U, 0, 0, 65'535, 1};

/// Writes the IP packet alone, as an ICMP error quotes it; returns its end. Lengths and checksums are right but for what the knock
/// says is broken. `at` has room for the whole packet, also of one that is cut off.
std::uint8_t* write_packet(std::uint8_t* at, const Knock& knock);

/// Writes a pcap record with an Ethernet frame; returns its end. `at` has room for kLargestRecord. The time, from 1970 to 2106, loses
/// what is below a microsecond.
std::uint8_t* write_record(std::uint8_t* at, const Knock& knock);

}  // namespace nightjar::simulate
