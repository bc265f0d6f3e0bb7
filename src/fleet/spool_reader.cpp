#include "fleet/spool_reader.h"

namespace millrace::fleet {
namespace {

static_assert(spool::kTombstoneBatchesMax <= pipeline::kLostBatchesMax);

pipeline::BatchesLost lost_of(const spool::Tombstone& tombstone, const base::Uuid& epoch) {
  pipeline::BatchesLost lost{.epoch = epoch,
                             .range = tombstone.range,
                             .samples = tombstone.each,
                             .time_from = tombstone.time_from,
                             .time_to = tombstone.time_to,
                             .reason = std::string(text(tombstone.reason)),
                             .thing = tombstone.thing,
                             .property = tombstone.property};
  if (lost.samples.empty() && tombstone.samples > 0) {
    lost.samples = {static_cast<std::uint32_t>(tombstone.samples)};
  }
  return lost;
}

}  // namespace

base::Result<std::variant<BatchReader::Spooled, pipeline::BatchesLost>> SpoolReader::read(
    model::Sequence sequence) {
  // One byte: no batch behind the first. The tombstone may reach as far as it will.
  const auto reach = model::Sequence(number(sequence) + spool::kTombstoneBatchesMax - 1);
  MILLRACE_LET(spool::Content content, spool_.read({sequence, reach}, 1));
  const base::Uuid epoch = spool_.state().epoch;
  if (!content.batches.empty() && content.batches.front().sequence == sequence) {
    spool::SpooledBatch& found = content.batches.front();
    return Spooled{std::move(found.batch), found.bytes};
  }
  if (!content.gone.empty()) return lost_of(content.gone.front(), epoch);
  return pipeline::BatchesLost{.epoch = epoch, .range = {sequence, sequence}, .reason = "erased"};
}

}  // namespace millrace::fleet
