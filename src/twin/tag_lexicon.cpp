#include "twin/tag_lexicon.h"

#include <algorithm>
#include <ranges>

namespace millrace::twin {
namespace {

struct Row {
  std::string_view meaning;
  std::string_view spellings;  // besides the meaning itself
};

// What is measured, where, and in which state. A meaning of two words stands for both.
constexpr Row kPlain[] = {
    {"temperature", "temp tmp tempr temperatur 温度"},
    {"pressure", "press pres prs pr druck 压力 压强"},
    {"flow", "flw flowrate rate durchfluss volumenstrom foerderstrom foerdermenge menge 流量"},
    {"level", "lvl lev fuellstand niveau pegel 液位 料位"},
    {"speed", "spd rpm drehzahl velocity geschwindigkeit rotation revolutions 转速 速度"},
    {"current", "curr cur crnt amps amp amperage strom 电流"},
    {"voltage", "volt volts spannung 电压"},
    {"power", "pwr leistung watt watts kw 功率"},
    {"energy", "energie kwh wh 电能 能量 能耗"},
    {"vibration", "vib vibr vibrations schwingung schwingungen schwing 振动"},
    {"frequency", "freq frequenz hz 频率"},
    {"torque", "trq drehmoment 扭矩 转矩"},
    {"humidity", "humid hum feuchte luftfeuchte luftfeuchtigkeit rh 湿度"},
    {"position", "pos stellung lage opening 位置 开度"},
    {"valve", "vlv ventil 阀门 阀"},
    {"bearing", "brg brng bear lager 轴承"},
    {"winding", "wdg wndg wdng wicklung 绕组"},
    {"motor", "mot mtr 电机 马达"},
    {"pump", "pmp pumpe 水泵 泵"},
    {"fan", "ventilator luefter 风机"},
    {"suction", "suct suc saug saugseite saugseitig 吸入"},
    {"inlet", "intake einlass eintritt zulauf 进口 入口"},
    {"discharge", "disch dschg dchg delivery druckseite druckseitig 排出"},
    {"outlet", "auslass austritt ablauf 出口"},
    {"supply", "vorlauf 供水 供"},
    {"return", "ruecklauf 回水 回"},
    {"running", "run runs laeuft lauf betrieb operation operating op oper on 运行"},
    {"hours", "hrs hour hr stunden std 小时"},
    {"time", "zeit 时间"},
    {"state", "status stat zustand 状态"},
    {"mode", "modus betriebsart 模式"},
    {"fault", "error err flt failure stoerung fehler trip 故障"},
    {"outdoor", "outside outd aussen 室外"},
    {"ambient", "amb umgebung 环境"},
    {"zone", "zn 区域"},
    {"room", "raum 房间 室内"},
    {"air", "luft 空气"},
    {"water", "wasser 水"},
    {"oil", "oel 油"},
    {"steam", "dampf 蒸汽"},
    {"mass", "masse 质量"},
    {"density", "dens dichte 密度"},
    {"conductivity", "leitfaehigkeit 电导率"},
    {"count", "cnt counter zaehler anzahl 计数 数量"},
    {"occupancy", "occ persons people belegung 人数"},
    {"active", "wirk 有功"},
    {"reactive", "blind 无功"},
    {"differential", "diff delta differenz 差"},
    {"electric", "elec electrical elektrisch el"},
    {"tank", "behaelter kessel vessel 罐"},
    {"discharge pressure", "enddruck foerderdruck 出口压力 排出压力"},
    {"suction pressure", "vordruck ansaugdruck 入口压力 吸入压力"},
    {"running hours", "betriebsstunden bh oph runtime runhours laufzeit 运行小时 运行时间"},
    {"valve position", "ventilstellung 阀位"},
    {"outdoor temperature", "oat 室外温度"},
    {"motor current", "motorstrom 电机电流"},
};

constexpr Row kTelling[] = {
    {"setpoint", "sp setp set soll sollwert target 设定值 设定"},
    {"command", "cmd befehl 命令"},
    {"alarm", "alm 报警"},
    {"limit", "lim grenze grenzwert 限值"},
    {"high", "hi hoch 高"},
    {"low", "lo niedrig tief 低"},
    {"minimum", "min 最小"},
    {"maximum", "max 最大"},
    {"average", "avg mean mittel mittelwert 平均"},
    {"total", "tot gesamt sum summe 累计 总"},
};

constexpr Row kFiller[] = {
    {"value",
     "val pv act actual ist istwert wert measured measurement meas mw messwert sensor "
     "signal sig reading data process present live tag var analog input raw fb feedback "
     "rueckmeldung meldung "
     "值 测量 实际"},
};

// ISA-5.1, table 4.1: what the first letter of an instrument's tag measures.
constexpr std::pair<char, std::string_view> kIsaLetters[] = {
    {'a', "analysis"}, {'f', "flow"},  {'i', "current"},     {'j', "power"},     {'l', "level"},
    {'p', "pressure"}, {'s', "speed"}, {'t', "temperature"}, {'v', "vibration"}, {'z', "position"},
};

// Words that mean nearly the same where machines have only one of them.
constexpr std::pair<std::string_view, std::string_view> kNear[] = {
    {"suction", "inlet"},
    {"discharge", "outlet"},
    {"outdoor", "ambient"},
    {"zone", "room"},
};

void add(Lexicon& lexicon, std::span<const Row> rows, TagWord::Weight weight) {
  for (const Row& row : rows) {
    const Sense sense{row.meaning, weight};
    if (!row.meaning.contains(' ')) lexicon.emplace(row.meaning, sense);
    for (const auto part : std::views::split(row.spellings, ' ')) {
      const std::string_view spelling(part);
      if (!spelling.empty()) lexicon.emplace(spelling, sense);
    }
  }
}

Lexicon make_lexicon() {
  Lexicon lexicon;
  add(lexicon, kPlain, TagWord::Weight::kPlain);
  add(lexicon, kTelling, TagWord::Weight::kTelling);
  add(lexicon, kFiller, TagWord::Weight::kFiller);
  return lexicon;
}

}  // namespace

const Lexicon& tag_lexicon() {
  static const Lexicon kLexicon = make_lexicon();
  return kLexicon;
}

std::string_view isa_meaning(std::string_view letters) {
  const bool has_end = letters.ends_with('t') || letters.ends_with('e') || letters.ends_with('i');
  if (letters.size() < 2 || letters.size() > 4 || !has_end) return {};
  const std::string_view between = letters.substr(1, letters.size() - 2);
  if (between.find_first_not_of("idr") != std::string_view::npos) return {};
  const auto found =
      std::ranges::find(kIsaLetters, letters.front(), &std::pair<char, std::string_view>::first);
  return found == std::end(kIsaLetters) ? std::string_view() : found->second;
}

bool is_near(std::string_view one, std::string_view other) {
  return std::ranges::any_of(kNear, [&](const auto& pair) {
    return (pair.first == one && pair.second == other) ||
           (pair.first == other && pair.second == one);
  });
}

}  // namespace millrace::twin
