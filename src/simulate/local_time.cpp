#include "simulate/local_time.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace nightjar::simulate {
namespace {

/// A country of several zones is where most of its people live: US in New York, BR in Sao Paulo, RU in Moscow, CD in Kinshasa.
struct Zone {
  std::int8_t quarter_hours;   ///< east of UTC
  std::string_view countries;  ///< ISO 3166-1, a blank between; XK: Kosovo
};
constexpr std::array<Zone, 29> kZones = {{
    {-44, "AS NU UM"},
    {-40, "CK PF"},
    {-32, "PN"},
    {-24, "BZ CR GT HN MX NI SV"},
    {-20, "BS CA CO CU EC HT JM KY PA PE US"},
    {-16, "AG AI AW BB BL BM BO BQ CL CW DM DO GD GP GY KN LC MF MQ MS PR PY SX TC TT VC VE VG VI"},
    {-12, "AR BR FK GF GL PM SR UY"},
    {-8, "GS"},
    {-4, "CV"},
    {0, "BF CI EH FO GB GG GH GM GN GW IE IM IS JE LR MA ML MR PT SH SL SN ST TG"},
    {4,
     "AD AL AO AT BA BE BJ CD CF CG CH CM CZ DE DK DZ ES FR GA GI GQ HR HU IT LI LU MC ME MK MT NE NG NL NO PL RS SE SI SJ SK SM TD TN VA "
     "XK"},
    {8, "AX BG BI BW CY EE EG FI GR IL JO LB LS LT LV LY MD MW MZ NA PS RO RW SD SY SZ UA ZA ZM ZW"},
    {12, "BH BY DJ ER ET IQ KE KM KW MG QA RU SA SO SS TR TZ UG YE YT"},
    {14, "IR"},
    {16, "AE AM AZ GE MU OM RE SC"},
    {18, "AF"},
    {20, "MV PK TF TJ TM UZ"},
    {22, "IN LK"},
    {23, "NP"},
    {24, "BD BT IO KG KZ"},
    {26, "CC MM"},
    {28, "CX ID KH LA TH VN"},
    {32, "BN CN HK MN MO MY PH SG TW"},
    {34, "KP"},
    {36, "JP KR PW TL"},
    {40, "AU GU MP PG"},
    {44, "FM NC NF SB VU"},
    {48, "FJ KI MH NR NZ TV WF"},
    {52, "TK TO WS"},
}};

constexpr std::int8_t kUnknown = 127;
constexpr std::size_t kLetters = 26;
constexpr std::size_t place(char a, char b) { return static_cast<std::size_t>(a - 'A') * kLetters + static_cast<std::size_t>(b - 'A'); }

constexpr auto by_country() {
  std::array<std::int8_t, kLetters * kLetters> quarter_hours{};
  quarter_hours.fill(kUnknown);
  for (const Zone& zone : kZones) {
    for (std::size_t i = 0; i < zone.countries.size(); i += 3) {
      quarter_hours[place(zone.countries[i], zone.countries[i + 1])] = zone.quarter_hours;
    }
  }
  return quarter_hours;
}
constexpr auto kQuarterHours = by_country();

constexpr bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }

}  // namespace

std::optional<double> utc_offset_hours_of(CountryCode country) {
  const auto a = static_cast<char>(country & 0xff), b = static_cast<char>(country >> 8);
  if (!is_letter(a) || !is_letter(b)) return std::nullopt;
  const std::int8_t quarter_hours = kQuarterHours[place(a, b)];
  if (quarter_hours == kUnknown) return std::nullopt;
  return quarter_hours / 4.0;
}

}  // namespace nightjar::simulate
