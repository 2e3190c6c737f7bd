import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import {
  deleteExperiment,
  deleteExperimentTag,
  type ExperimentRow,
  NOTE_TAG,
  renameExperiment,
  restoreExperiment,
  setExperimentTag,
} from "../../api/experiments";
import { Description } from "../../components/Description";
import { RenameDialog } from "../../components/RenameDialog";
import { TagEditor } from "../../components/TagEditor";
import { Button } from "../../components/ui/Button";
import { CopyIcon } from "../../components/ui/Copy";
import { Menu } from "../../components/ui/Menu";
import { useAct, useToast } from "../../components/ui/Toast";
import { navigate } from "../../state/location";
import styles from "./ExperimentHeader.module.css";

/** Name, id, location, description and tags of an experiment, each changed in place. */
export function ExperimentHeader({ id, experiment }: { id: string; experiment: ExperimentRow | undefined }) {
  const client = useQueryClient();
  const act = useAct();
  const show = useToast();
  const [renaming, setRenaming] = useState(false);
  const refresh = async (): Promise<void> => {
    await Promise.all([client.invalidateQueries({ queryKey: ["experiment", id] }), client.invalidateQueries({ queryKey: ["experiments"] })]);
  };
  const after = (change: Promise<void>): Promise<void> => change.then(refresh);

  if (!experiment) {
    return (
      <div className={styles.header}>
        <h1>&nbsp;</h1>
      </div>
    );
  }
  const { name, deleted } = experiment;
  const setTag = (key: string, value: string): Promise<boolean> => {
    const before = experiment.tags[key];
    return act(
      () => after(setExperimentTag(id, key, value)),
      key === NOTE_TAG ? "Description saved" : `Tag ${key} saved`,
      () => after(before === undefined ? deleteExperimentTag(id, key) : setExperimentTag(id, key, before)),
    );
  };
  const removeTag = (key: string): Promise<boolean> => {
    const before = experiment.tags[key] ?? "";
    return act(() => after(deleteExperimentTag(id, key)), `Tag ${key} removed`, () => after(setExperimentTag(id, key, before)));
  };
  const restore = (): Promise<boolean> => act(() => after(restoreExperiment(id)), `${name} restored`, () => after(deleteExperiment(id)));

  return (
    <div className={styles.header}>
      <div className={styles.title}>
        <h1>{name}</h1>
        {!deleted && (
          <Menu
            label="Experiment actions"
            icon="dots"
            items={[
              { label: "Rename", icon: "edit", onSelect: () => setRenaming(true) },
              {
                label: "Delete",
                icon: "trash",
                danger: true,
                onSelect: () =>
                  void act(() => after(deleteExperiment(id)), `${name} moved to the trash`, () => after(restoreExperiment(id))).then(
                    (done) => done && navigate("/experiments"),
                  ),
              },
            ]}
          />
        )}
        <dl className={styles.facts}>
          <div>
            <dt>Experiment ID</dt>
            <dd>
              <span className="mono">{id}</span> <CopyIcon text={id} what="experiment ID" />
            </dd>
          </div>
          <div>
            <dt>Artifact location</dt>
            <dd>
              <span className="mono truncate" title={experiment.artifactLocation}>
                {experiment.artifactLocation}
              </span>{" "}
              <CopyIcon text={experiment.artifactLocation} what="artifact location" />
            </dd>
          </div>
        </dl>
      </div>
      {deleted && (
        <p className={styles.trash} role="status">
          This experiment is in the trash: nothing can be changed here. <Button icon="restore" onClick={() => void restore()}>Restore</Button>
        </p>
      )}
      <div className={styles.about}>
        <TagEditor tags={experiment.tags} editable={!deleted} onSet={setTag} onRemove={removeTag} />
        <Description folded what={name} text={experiment.description} editable={!deleted} onSave={(text) => setTag(NOTE_TAG, text)} />
      </div>
      {renaming && (
        <RenameDialog
          what="experiment"
          name={name}
          onClose={() => setRenaming(false)}
          onRename={async (next) => {
            await after(renameExperiment(id, next));
            show({ text: `Renamed to ${next}`, undo: () => after(renameExperiment(id, name)) });
          }}
        />
      )}
    </div>
  );
}
