// Corrections as people and programs make them.

#include "service/service_fixture.h"

namespace millrace::service {
namespace {

using store::CorrectionAction;
using store::FillMethod;

class CorrectionsTest : public ServiceTest {
 protected:
  CorrectionRequest request(CorrectionAction action, base::Time start, base::Time end) {
    return {.property = {"pump-1", "flow"},
            .range = {start, end},
            .action = action,
            .reason = "sensor was being cleaned"};
  }
  base::Result<CorrectionMade> make(const CorrectionRequest& wanted) {
    return services_->corrections.create(as(Role::kOtEngineer), wanted);
  }
  std::vector<std::pair<int, double>> seen() {
    std::vector<std::pair<int, double>> found;
    const auto rows =
        series_->raw({.series = flow_, .start = base::Time::min(), .end = base::Time::max()});
    for (const auto& one : rows->samples) {
      found.emplace_back((one.time - start_) / 1s, std::get<double>(one.value));
    }
    return found;
  }
  using Seen = std::vector<std::pair<int, double>>;

  const model::SeriesId flow_ = define("pump-1", "flow");
  const base::Time start_ = clock_.now() - 1h;
};

TEST_F(CorrectionsTest, a_correction_is_on_record_in_the_store_the_events_and_the_audit_book) {
  put(flow_, {start_, 1.0, {}});
  const auto watcher = services_->live.open(admin(), {.things = {"pump-1"}}).value();
  watcher->take();
  CorrectionRequest replace = request(CorrectionAction::kReplace, start_, start_ + 1s);
  replace.value = std::int64_t{7};  // as JSON has it
  const auto made = make(replace);
  ASSERT_TRUE(made) << base::describe(made.error());
  EXPECT_EQ(seen(), (Seen{{0, 7}}));
  clock_.advance(1s);
  const auto update = watcher->take();
  ASSERT_EQ(update.values.size(), 1U);
  EXPECT_EQ(update.values[0].current.last->sample.value, model::Value(7.0));
  EXPECT_EQ(count_audit("correction.made"), 1U);
  const auto event = series_->events(0, 1)->front();
  EXPECT_EQ(std::tuple(event.kind, event.subject, event.actor_role),
            std::tuple("correction.made", "pump-1", "ot_engineer"));
  EXPECT_TRUE(event.body.contains("sensor was being cleaned"));
  const auto listed = services_->corrections.list({.thing = "pump-1"}, {});
  ASSERT_TRUE(listed && listed->items.size() == 1);
  EXPECT_EQ(listed->items[0].property.property, "flow");
  EXPECT_EQ(listed->items[0].correction.role, "ot_engineer");
  EXPECT_EQ(listed->items[0].correction.commit, made->commit);
}

TEST_F(CorrectionsTest, a_correction_in_force_is_no_error_when_the_audit_book_fails) {
  put(flow_, {start_, 1.0, {}});
  CorrectionRequest replace = request(CorrectionAction::kReplace, start_, start_ + 1s);
  replace.value = 7.0;
  on_writer_ = [this](const auto& work) {
    auto done = work();
    EXPECT_TRUE(meta_->stop());
    return done;
  };
  const auto made = make(replace);
  ASSERT_TRUE(made) << base::describe(made.error());
  EXPECT_EQ(made->id, 1);
  EXPECT_EQ(seen(), (Seen{{0, 7}}));
  EXPECT_EQ(series_->events(0, 1)->front().kind, "correction.made");
}

TEST_F(CorrectionsTest, only_who_may_correct_does) {
  put(flow_, {start_, 1.0, {}});
  const auto restore = request(CorrectionAction::kRestore, start_, start_ + 1s);
  for (const Role role : {Role::kViewer, Role::kOperator}) {
    EXPECT_EQ(services_->corrections.create(as(role), restore).error().code, ErrorCode::kForbidden);
  }
  for (const Role role : {Role::kDataScientist, Role::kOtEngineer, Role::kAdministrator}) {
    EXPECT_TRUE(services_->corrections.create(as(role), restore));
  }
}

TEST_F(CorrectionsTest, a_linear_fill_draws_a_line_over_each_hole_at_the_usual_interval) {
  for (const int second : {0, 10, 20, 30, 70, 80, 120}) {
    put(flow_, {start_ + second * 1s, second * 2.0, {}});
  }
  CorrectionRequest fill = request(CorrectionAction::kFill, start_ + 31s, start_ + 115s);
  fill.method = FillMethod::kLinear;
  const auto made = make(fill);
  ASSERT_TRUE(made) << base::describe(made.error());
  EXPECT_EQ(made->count, 2U);
  EXPECT_EQ(seen(), (Seen{{0, 0},
                          {10, 20},
                          {20, 40},
                          {30, 60},
                          {40, 80},
                          {50, 100},
                          {60, 120},
                          {70, 140},
                          {80, 160},
                          {90, 180},
                          {100, 200},
                          {110, 220},
                          {120, 240}}));
}

TEST_F(CorrectionsTest, a_fill_with_the_previous_value_takes_the_last_that_is_not_bad) {
  put(flow_, {start_, 1.0, {}});
  put(flow_, {start_ + 10s, 99.0, model::Quality().marked(model::Reason::kOutOfRange)});
  put(flow_, {start_ + 40s, 2.0, {}});
  CorrectionRequest fill = request(CorrectionAction::kFill, start_ + 1s, start_ + 40s);
  fill.method = FillMethod::kPrevious;
  fill.interval = 10s;
  ASSERT_TRUE(make(fill));
  EXPECT_EQ(seen(), (Seen{{0, 1}, {10, 99}, {20, 1}, {30, 1}, {40, 2}}));
}

TEST_F(CorrectionsTest, a_replace_draws_a_line_over_what_stands_there_bad_or_empty) {
  for (const int second : {0, 10, 20, 30, 40, 50, 60}) {
    put(flow_, {start_ + second * 1s, second * 2.0, {}});
  }
  ASSERT_TRUE(make(request(CorrectionAction::kInvalidate, start_ + 15s, start_ + 45s)));
  CorrectionRequest replace = request(CorrectionAction::kReplace, start_ + 15s, start_ + 55s);
  replace.method = FillMethod::kLinear;
  put(flow_, {start_ + 51s, {}, model::Quality().marked(model::Reason::kStale)});
  put(flow_, {start_ + 58s, 999.0, model::Quality().marked(model::Reason::kOutOfRange)});
  const auto made = make(replace);
  ASSERT_TRUE(made) << base::describe(made.error());
  EXPECT_EQ(made->count, 1U);
  EXPECT_EQ(seen(), (Seen{{0, 0},
                          {10, 20},
                          {20, 40},
                          {30, 60},
                          {40, 80},
                          {50, 100},
                          {51, 102},
                          {58, 999},
                          {60, 120}}));
  const auto rows = series_->raw({.series = flow_, .start = start_ + 15s, .end = start_ + 55s});
  for (const auto& one : rows->samples) {
    EXPECT_EQ(one.quality,
              model::Quality().marked(model::Reason::kCorrected, model::Severity::kGood));
  }
}

TEST_F(CorrectionsTest, a_replace_with_the_previous_value_takes_the_last_usable_before_its_range) {
  put(flow_, {start_, 1.0, {}});
  put(flow_, {start_ + 10s, 99.0, model::Quality().marked(model::Reason::kOutOfRange)});
  put(flow_, {start_ + 20s, 98.0, {}});
  CorrectionRequest replace = request(CorrectionAction::kReplace, start_ + 15s, start_ + 25s);
  replace.method = FillMethod::kPrevious;
  ASSERT_TRUE(make(replace));
  EXPECT_EQ(seen(), (Seen{{0, 1}, {10, 99}, {20, 1}}));
  replace.range = {start_ - 10s, start_ + 1s};
  const auto made = make(replace);
  ASSERT_FALSE(made);
  EXPECT_TRUE(made.error().what.contains("no usable sample beside")) << made.error().what;
  replace.method = FillMethod::kConstant;
  EXPECT_FALSE(make(replace));
  replace.method = FillMethod::kLinear;
  replace.interval = 1s;
  EXPECT_FALSE(make(replace));
}

TEST_F(CorrectionsTest, a_fill_that_would_show_nothing_is_refused_and_names_what_stands_there) {
  for (const int second : {0, 10, 20, 30, 40}) put(flow_, {start_ + second * 1s, 1.0, {}});
  ASSERT_TRUE(make(request(CorrectionAction::kInvalidate, start_ + 10s, start_ + 31s)));
  CorrectionRequest fill = request(CorrectionAction::kFill, start_ + 10s, start_ + 40s);
  fill.interval = 10s;
  for (const FillMethod method :
       {FillMethod::kConstant, FillMethod::kLinear, FillMethod::kPrevious}) {
    fill.method = method;
    fill.value = method == FillMethod::kConstant ? model::Value(5.0) : model::Value();
    const auto made = make(fill);
    ASSERT_FALSE(made) << store::text(method);
    EXPECT_EQ(made.error().code, ErrorCode::kInvalid);
    EXPECT_TRUE(made.error().what.contains("3 samples stand there")) << made.error().what;
    EXPECT_TRUE(made.error().what.contains("3 of them bad")) << made.error().what;
    EXPECT_TRUE(made.error().hint.contains("replace")) << made.error().hint;
  }
  fill.method = FillMethod::kConstant;
  fill.value = 5.0;
  fill.range.end = start_ + 60s;  // one cell is free
  EXPECT_TRUE(make(fill));
}

TEST_F(CorrectionsTest, what_makes_no_sense_is_refused_with_a_sentence_and_nothing_changes) {
  put(flow_, {start_, 1.0, {}});
  const auto refused = [&](CorrectionRequest wanted) {
    const auto made = make(wanted);
    return !made && made.error().code == ErrorCode::kInvalid && !made.error().what.empty();
  };
  CorrectionRequest fill = request(CorrectionAction::kFill, start_ + 10s, start_ + 20s);
  EXPECT_TRUE(refused(fill)) << "without a method";
  fill.method = FillMethod::kLinear;
  EXPECT_TRUE(refused(fill)) << "no interval is known";
  fill.interval = 1s;
  EXPECT_TRUE(refused(fill)) << "nothing behind the hole";
  fill.value = 1.0;
  EXPECT_TRUE(refused(fill)) << "a line has two values or none";
  fill.method = FillMethod::kConstant;
  fill.range.end = clock_.now() + 1s;
  EXPECT_TRUE(refused(fill)) << "the future";
  CorrectionRequest replace = request(CorrectionAction::kReplace, start_, start_ + 1s);
  EXPECT_TRUE(refused(replace));
  replace.value = std::string("high");
  EXPECT_TRUE(refused(replace));
  CorrectionRequest unexplained = request(CorrectionAction::kRestore, start_, start_ + 1s);
  unexplained.reason = " ";
  EXPECT_TRUE(refused(unexplained));
  EXPECT_TRUE(series_->corrections({})->empty());
  EXPECT_EQ(count_audit("correction.made"), 0U);
}

}  // namespace
}  // namespace millrace::service
