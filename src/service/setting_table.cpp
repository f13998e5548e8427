#include <array>

#include "service/settings.hpp"

namespace nightjar {
namespace {

using Type = Setting::Type;
constexpr bool kRequired = true;

constexpr std::array kSections = {
    SettingSection{"run", false, "What `nightjar run` does by itself."},
    SettingSection{"capture", true, "An interface whose packets are kept and taken into the lake; once for each."},
    SettingSection{"reflector", false, "With this table the UDP services that attackers abuse are listened at (docs/reflector.md)."},
    SettingSection{"honeypot", false, "With this table TCP conversations are answered."},
    SettingSection{"send", true, "A sensor's closed segments are brought to a central node (docs/sensors.md); once for each sensor."},
    SettingSection{"receive", false, "With this table segments of other sensors are taken by HTTPS, and into the lake (docs/sensors.md)."},
    SettingSection{"watch", true, "A folder into which captures of other sensors are dropped; once for each."},
};

constexpr std::array kSettings = {
    Setting{"run", "lake", Type::path, "lake", 0, 0, "Folder of the lake.", "Beside this file; --lake wins."},
    Setting{"run", "state", Type::path, "state", 0, 0, "Folder of what must survive a restart, and of the counts of what runs.",
            "Beside this file: nothing is written elsewhere."},
    Setting{"run", "listen", Type::text, "127.0.0.1:9470", 0, 0, "Address and port of /metrics and /health; empty: none.",
            "The loopback: who may read it from elsewhere is for you to say."},
    Setting{"run", "user", Type::text, "", 0, 0, "User whose rights what is started keeps once its sockets are open; empty: no change.",
            "Bytes from the Internet are read by nobody who may do everything."},
    Setting{"run", "detect_minutes", Type::number, "5", 0, 1440, "Minutes between two times that new data are judged; 0: never.",
            "A wave of scanners rises over an hour; an attack of five minutes is still told while it goes on."},
    Setting{"run", "compact_minutes", Type::number, "60", 0, 1440,
            "Minutes between two times that the small files of a day are merged; 0: never.",
            "An hour of captures makes some hundred files a table; beyond that questions take longer."},
    Setting{"run", "fresh_seconds", Type::number, "300", 10, 86'400,
            "/health says no when packets came and nothing was taken into the lake for so many seconds.",
            "Ten times the half minute in which packets reach the lake."},
    Setting{"run", "stop_seconds", Type::number, "60", 1, 600, "Seconds that what runs has to end in; after them it is killed.",
            "The last packets are taken into the lake in a few seconds; systemd waits 90."},

    Setting{"capture", "interface", Type::text, "", 0, 0, "Network interface (ip link lists them).", "It has none.", kRequired},
    Setting{"capture", "sensor", Type::text, "", 0, 0, "Name of the sensor; the interface's name if it is left out.",
            "A [[sensor]] of this name says its prefixes."},
    Setting{"capture", "kind", Type::text, "", 0, 0, "darknet, honeypot or reflector; left out, what [[sensor]] says.", "A darknet."},
    Setting{"capture", "filter", Type::text, "", 0, 0, "Keep only these packets: an expression of man pcap-filter.", "All are kept."},
    Setting{"capture", "segments", Type::path, "segments", 0, 0, "Folder of the capture segments.", "Beside this file."},
    Setting{"capture", "every", Type::number, "30", 1, 3600, "Seconds between two times that segments are taken into the lake.",
            "Live views are half a minute old; each time makes a batch."},
    Setting{"capture", "snap_length", Type::number, "262144", 64, 262'144, "Most bytes kept of a packet.", "All of it."},
    Setting{"capture", "segment_mb", Type::number, "256", 1, 65'536, "A segment is closed at so many MiB ...",
            "It is compressed in seconds."},
    Setting{"capture", "segment_minutes", Type::number, "60", 1, 1440, "... or after so many minutes.", "An hour is a handy file."},
    Setting{"capture", "keep_days", Type::number, "0", 0, 36'500, "Closed segments older than this are deleted; 0: kept.",
            "Nothing is deleted unless somebody says so."},
    Setting{"capture", "keep_gb", Type::decimal, "0", 0, 1e6, "The oldest closed segments beyond so many GB are deleted; 0: kept.",
            "Nothing is deleted unless somebody says so."},
    Setting{"capture", "keep_free_mb", Type::number, "512", 0, 1'048'576, "No packets are written when less of the disk is free.",
            "The lake and the system need room too."},
    Setting{"capture", "ring_mb", Type::number, "32", 2, 4096, "MiB of memory between kernel and disk, for each ring.",
            "0.4 s of 500,000 small packets a second."},
    Setting{"capture", "rings", Type::number, "1", 1, 64, "Processes that share the packets by flow.",
            "One empties 500,000 packets a second."},

    Setting{"reflector", "contact", Type::text, "", 0, 0,
            "Mail address or page where people reach you; without it nothing is ever answered.", "It has none."},
    Setting{"reflector", "mode", Type::texts, "", 0, 0,
            "What each service does: \"dns=emulated\", \"all=listen\"; listen, emulated or canned.", "All listen."},
    Setting{"reflector", "answers", Type::path, "", 0, 0, "File of written answers and records of the DNS zone.", "None."},
    Setting{"reflector", "own", Type::texts, "", 0, 0, "Prefixes of your own sensors, never answered.", "None."},
    Setting{"reflector", "opted_out", Type::texts, "", 0, 0, "Prefixes of who asked to be left alone.", "None."},
    Setting{"reflector", "sensors", Type::number, "1", 1, 1000, "How many sensors share the deployment's budget.", "This one."},
    Setting{"reflector", "hub", Type::text, "", 0, 0,
            "Central node by which sensors tell each other of attacks: https://HOST[:PORT] (docs/sensors.md).", "None."},
    Setting{"reflector", "hub_token", Type::path, "", 0, 0, "File with this sensor's token for it.", "None."},
    Setting{"reflector", "hub_ca", Type::path, "", 0, 0, "PEM file of the certificate that is believed; left out: the system's.",
            "The system's."},
    Setting{"reflector", "ipv6", Type::boolean, "true", 0, 0, "Whether IPv6 is listened at too.", "Attackers use it."},

    Setting{"honeypot", "options", Type::texts, "", 0, 0, "Options of `nightjar honeypot`, as on its command line.", "Its defaults."},

    Setting{"send", "to", Type::text, "", 0, 0, "The central node: https://HOST[:PORT].", "It has none.", kRequired},
    Setting{"send", "token_file", Type::path, "", 0, 0, "File with the token that nightjar receive --new-token printed.", "It has none.",
            kRequired},
    Setting{"send", "ca", Type::path, "", 0, 0, "PEM file of the certificate that is believed; left out: the system's.", "The system's."},
    Setting{"send", "sensor", Type::text, "", 0, 0, "Name that [[capture]] gave the segments.", "It has none.", kRequired},
    Setting{"send", "segments", Type::path, "segments", 0, 0, "Folder of the capture segments.", "That of [[capture]]."},
    Setting{"send", "keep_days", Type::number, "36500", 0, 36'500, "Days after which segments that arrived are deleted; 0: at once.",
            "A hundred years: nothing is deleted unless somebody says so."},
    Setting{"send", "every", Type::number, "10", 1, 3600, "Seconds between two looks for closed segments.", "Nobody waits for less."},

    Setting{"receive", "listen", Type::text, "::", 0, 0, "Address to listen at.", "All of this machine's: sensors are elsewhere."},
    Setting{"receive", "port", Type::number, "9471", 1, 65'535, "Port to listen at.", "Beside that of /metrics."},
    Setting{"receive", "certificate", Type::path, "", 0, 0, "PEM file of the certificate.", "It has none.", kRequired},
    Setting{"receive", "key", Type::path, "", 0, 0, "PEM file of its key.", "It has none.", kRequired},
    Setting{"receive", "tokens", Type::path, "tokens", 0, 0, "File of sensors and hashes of their tokens.", "Beside this file."},
    Setting{"receive", "folder", Type::path, "received", 0, 0, "Where segments are put, a folder for each sensor.", "Beside this file."},
    Setting{"receive", "segment_mb", Type::number, "4096", 1, 1 << 20, "Most MiB of a segment.", "Sixteen times what a sensor closes."},
    Setting{"receive", "sensor_gb", Type::decimal, "0", 0, 1e6, "Most GB that lie there of one sensor; 0: as much as the disk has.",
            "Captures are evidence."},
    Setting{"receive", "keep_free_mb", Type::number, "1024", 0, 1 << 20, "Nothing is taken when less of the disk would be free.",
            "The lake needs room too."},

    Setting{"watch", "folder", Type::path, "", 0, 0, "Folder that is watched, with the folders in it.", "It has none.", kRequired},
    Setting{"watch", "sensor", Type::text, "", 0, 0, "Sensor that all its captures belong to; left out, `captures` of [[sensor]] say.",
            "Several sensors may share a folder."},
    Setting{"watch", "kind", Type::text, "", 0, 0, "Kind of that sensor: darknet, honeypot or reflector.", "A darknet."},
    Setting{"watch", "settle_seconds", Type::number, "10", 1, 3600, "A file is complete when it did not change for so many seconds.",
            "A copy that stands still for longer goes on later: what is new in it is taken then."},
};

}  // namespace

std::span<const Setting> setting_table() { return kSettings; }
std::span<const SettingSection> setting_sections() { return kSections; }

}  // namespace nightjar
