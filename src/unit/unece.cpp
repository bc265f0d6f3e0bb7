#include "unit/internal/tables.h"

namespace millrace::unit {
namespace {

// The common codes of UNECE Recommendation 20 that plants meet, in byte order, with our unit.
// clang-format off
constexpr UneceRow kCodes[] = {
    {"23", "g/cm3"}, {"28", "kg/m2"}, {"2A", "rad/s"}, {"2B", "rad/s2"}, {"2I", "BTU/h"},
    {"2J", "cm3/s"}, {"2K", "cfh"}, {"2L", "cfm"}, {"2M", "cm/s"}, {"2N", "dB"}, {"2P", "kB"},
    {"2U", "Mg"}, {"2X", "m/min"}, {"2Z", "mV"}, {"3B", "MJ"}, {"40", "ml/s"}, {"41", "ml/min"},
    {"4C", "cSt"}, {"4G", "µl"}, {"4H", "µm"}, {"4K", "mA"}, {"4L", "MB"}, {"4N", "MBq"},
    {"4O", "µF"}, {"4P", "N/m"}, {"4T", "pF"}, {"4U", "lb/h"}, {"59", "ppm"}, {"61", "ppb"},
    {"74", "mPa"}, {"77", "mil"}, {"80", "psi"}, {"81", "H"}, {"84", "ksi"}, {"87", "lb/ft3"},
    {"A19", "Bq/m3"}, {"A24", "cd/m2"}, {"A39", "m3/kg"}, {"A41", "A/m2"}, {"A48", "°R"},
    {"A53", "eV"}, {"A73", "ft/s2"}, {"A86", "GHz"}, {"A87", "GΩ"}, {"A89", "GPa"}, {"A90", "GW"},
    {"A91", "gon"}, {"A93", "g/m3"}, {"A94", "g/mol"}, {"A97", "hPa"}, {"A99", "bit"},
    {"ACR", "acre"}, {"AD", "byte"}, {"AMH", "Ah"}, {"AMP", "A"}, {"ANN", "year"}, {"ATM", "atm"},
    {"ATT", "at"}, {"B10", "bit/s"}, {"B11", "J/(kg·K)"}, {"B22", "kA"}, {"B32", "kg·m2"},
    {"B34", "kg/dm3"}, {"B35", "kg/l"}, {"B37", "kgf"}, {"B41", "kJ/K"}, {"B42", "kJ/kg"},
    {"B43", "kJ/(kg·K)"}, {"B45", "kmol"}, {"B47", "kN"}, {"B48", "kNm"}, {"B49", "kΩ"},
    {"B51", "kgf"}, {"B73", "MN"}, {"B74", "MNm"}, {"B75", "MΩ"}, {"B78", "MV"}, {"B8", "J/m3"},
    {"B84", "µA"}, {"B85", "µbar"}, {"B90", "µH"}, {"B98", "µs"}, {"B99", "µS"}, {"BAR", "bar"},
    {"BHP", "hp"}, {"BLL", "bbl"}, {"BQL", "Bq"}, {"BTU", "BTU"}, {"C14", "mH"}, {"C15", "mJ"},
    {"C16", "mm/s"}, {"C17", "mm2/s"}, {"C18", "mmol"}, {"C20", "mN"}, {"C22", "mN/m"},
    {"C24", "mPa·s"}, {"C25", "mrad"}, {"C26", "ms"}, {"C27", "mS"}, {"C28", "mSv"},
    {"C29", "mT"}, {"C31", "mW"}, {"C34", "mol"}, {"C36", "mol/m3"}, {"C38", "mol/l"},
    {"C39", "nA"}, {"C41", "nF"}, {"C45", "nm"}, {"C47", "ns"}, {"C55", "N/m2"}, {"C56", "N/mm2"},
    {"C62", "1"}, {"C65", "Pa·s"}, {"C7", "cP"}, {"C74", "kbps"}, {"C78", "lbf"}, {"C79", "kVAh"},
    {"C81", "rad"}, {"C92", "1/m"}, {"C94", "1/min"}, {"C97", "1/s"}, {"CDL", "cd"},
    {"CEL", "°C"}, {"CLT", "cl"}, {"CMK", "cm2"}, {"CMQ", "cm3"}, {"CMT", "cm"},
    {"COU", "coulomb"}, {"D10", "S/m"}, {"D13", "Sv"}, {"D27", "sr"}, {"D30", "TJ"},
    {"D32", "TWh"}, {"D33", "T"}, {"D41", "t/m3"}, {"D43", "amu"}, {"D44", "var"}, {"D46", "VA"},
    {"D50", "V/m"}, {"D52", "W/K"}, {"D53", "W/(m·K)"}, {"D54", "W/m2"}, {"D55", "W/(m2·K)"},
    {"D61", "arcmin"}, {"D62", "arcsec"}, {"D70", "cal"}, {"D80", "µW"}, {"D81", "µT"},
    {"D82", "µV"}, {"D83", "mNm"}, {"DAY", "d"}, {"DD", "°"}, {"DLT", "dl"}, {"DMK", "dm2"},
    {"DMQ", "dm3"}, {"DMT", "dm"}, {"E01", "N/cm2"}, {"E09", "mAh"}, {"E14", "kcal"},
    {"E18", "t/h"}, {"E20", "Mbps"}, {"E34", "GB"}, {"E42", "kgf/cm2"}, {"E45", "mΩ"},
    {"E92", "dm3/h"}, {"E93", "kg/h"}, {"E96", "°/s"}, {"EA", "pcs"}, {"F10", "K/h"},
    {"F11", "K/min"}, {"F12", "K/s"}, {"F21", "lbf·in"}, {"F27", "g/h"}, {"F28", "g/min"},
    {"F29", "g/s"}, {"F30", "kg/d"}, {"F31", "kg/min"}, {"F33", "mg/min"}, {"F34", "mg/s"},
    {"F78", "inH2O"}, {"F79", "inHg"}, {"FAH", "°F"}, {"FAR", "farad"}, {"FOT", "ft"},
    {"FR", "fpm"}, {"FS", "ft/s"}, {"FTK", "ft2"}, {"FTQ", "ft3"}, {"G2", "gpm"},
    {"G42", "µS/cm"}, {"G43", "µS/m"}, {"G49", "cm3/min"}, {"G50", "gph"}, {"G51", "l/s"},
    {"G52", "m3/d"}, {"G53", "m3/min"}, {"G55", "ml/h"}, {"GBQ", "GBq"}, {"GJ", "g/ml"},
    {"GL", "g/l"}, {"GLI", "UKgal"}, {"GLL", "gal"}, {"GM", "g/m2"}, {"GP", "mg/m3"},
    {"GQ", "µg/m3"}, {"GRM", "g"}, {"GV", "GJ"}, {"GWH", "GWh"}, {"H10", "1/h"}, {"H12", "K/h"},
    {"H13", "K/min"}, {"H14", "K/s"}, {"H29", "µg/l"}, {"H43", "S/cm"}, {"H60", "m3/m3"},
    {"H61", "mS/cm"}, {"H65", "ml/m3"}, {"H67", "mm/h"}, {"H78", "cmH2O"}, {"H81", "mm/min"},
    {"H87", "pcs"}, {"HAR", "ha"}, {"HBA", "hbar"}, {"HJ", "PS"}, {"HLT", "hl"}, {"HM", "mph"},
    {"HN", "mmHg"}, {"HP", "mmH2O"}, {"HTZ", "Hz"}, {"HUR", "h"}, {"INH", "in"}, {"INK", "in2"},
    {"INQ", "in3"}, {"IU", "in/s"}, {"J2", "J/kg"}, {"J33", "µg/kg"}, {"J36", "µl/l"},
    {"J72", "cNm"}, {"JE", "J/K"}, {"JK", "MJ/kg"}, {"JM", "MJ/m3"}, {"JOU", "J"},
    {"K3", "kvarh"}, {"K40", "gn"}, {"K5", "kvar"}, {"K6", "kl"}, {"K78", "lb/min"},
    {"KBA", "kbar"}, {"KEL", "K"}, {"KGM", "kg"}, {"KGS", "kg/s"}, {"KHZ", "kHz"}, {"KJO", "kJ"},
    {"KL", "kg/m"}, {"KLX", "klx"}, {"KMH", "km/h"}, {"KMK", "km2"}, {"KMQ", "kg/m3"},
    {"KMT", "km"}, {"KNT", "kn"}, {"KPA", "kPa"}, {"KTM", "km"}, {"KTN", "Gg"}, {"KVA", "kVA"},
    {"KVR", "kvar"}, {"KVT", "kV"}, {"KWH", "kWh"}, {"KWN", "kWh/Nm3"}, {"KWS", "kWh/Sm3"},
    {"KWT", "kW"}, {"L19", "ml/l"}, {"L2", "l/min"}, {"L71", "t/d"}, {"L78", "t/min"},
    {"L81", "t/s"}, {"LBR", "lb"}, {"LD", "l/d"}, {"LTN", "long_ton"}, {"LTR", "l"},
    {"LUM", "lm"}, {"LUX", "lx"}, {"M1", "mg/l"}, {"M29", "kg/kg"}, {"M33", "mmol/l"},
    {"M39", "cm/s2"}, {"M41", "mm/s2"}, {"M44", "rev"}, {"M46", "rpm"}, {"M60", "m/h"},
    {"M92", "lbf·ft"}, {"MAL", "Ml"}, {"MAR", "Mvar"}, {"MAW", "MW"}, {"MBR", "mbar"},
    {"MC", "µg"}, {"MGM", "mg"}, {"MHZ", "MHz"}, {"MIN", "min"}, {"MLT", "ml"}, {"MMK", "mm2"},
    {"MMQ", "mm3"}, {"MMT", "mm"}, {"MON", "month"}, {"MPA", "MPa"}, {"MQH", "m3/h"},
    {"MQS", "m3/s"}, {"MSK", "m/s2"}, {"MTK", "m2"}, {"MTQ", "m3"}, {"MTR", "m"}, {"MTS", "m/s"},
    {"MVA", "MVA"}, {"MWH", "MWh"}, {"N12", "PS"}, {"N23", "mH2O"}, {"NA", "mg/kg"},
    {"NAR", "pcs"}, {"NEW", "N"}, {"NM3", "Nm3"}, {"NMI", "nmi"}, {"NU", "Nm"}, {"NX", "‰"},
    {"OHM", "Ω"}, {"ONZ", "oz"}, {"OZA", "floz"}, {"P1", "%"}, {"P71", "mSv/h"}, {"P72", "µSv/h"},
    {"PAL", "Pa"}, {"PS", "psi"}, {"Q30", "pH"}, {"Q37", "Sm3/d"}, {"Q38", "Sm3/h"},
    {"Q39", "Nm3/d"}, {"Q40", "Nm3/h"}, {"RPM", "rpm"}, {"RPS", "rps"}, {"S4", "m2/s"},
    {"SEC", "s"}, {"SIE", "S"}, {"SM3", "Sm3"}, {"SMI", "mi"}, {"STN", "short_ton"},
    {"TAH", "kAh"}, {"TNE", "t"}, {"UA", "Torr"}, {"VLT", "V"}, {"WEB", "Wb"}, {"WEE", "week"},
    {"WHR", "Wh"}, {"WTT", "W"}, {"YDK", "yd2"}, {"YDQ", "yd3"}, {"YRD", "yd"},
};
// clang-format on

}  // namespace

std::span<const UneceRow> unece_rows() { return kCodes; }

}  // namespace millrace::unit
